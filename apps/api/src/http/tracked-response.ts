/** Responses of which a connection knows: who breaks it off must know what it still owes. */
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

const tracked = new WeakMap<Duplex, readonly ServerResponse[]>();

/**
 * A response that its connection knows. The server makes one for whatever it reads, also for what
 * never comes to a listener of requests.
 */
export class TrackedResponse<R extends IncomingMessage> extends ServerResponse<R> {
  constructor(...given: ConstructorParameters<typeof ServerResponse<R>>) {
    super(...given);
    const { socket } = this.req;
    const open = responsesOn(socket).filter(({ writableFinished }) => !writableFinished);
    tracked.set(socket, [...open, this]);
  }
}

/**
 * The responses of a connection in the order of its requests: the youngest, whether it is sent or
 * not, and of those before it all that were not sent when it came.
 */
export function responsesOn(socket: Duplex): readonly ServerResponse[] {
  return tracked.get(socket) ?? [];
}
