/** Receiving: at once, or after waiting in line. */
import { dequeue, type Held } from "@quorate/contract";
import {
  type Answer,
  type Conversation,
  type Delivered,
  deliveredAnswer,
  isFull,
  type Receiving,
  receivingOf,
  take,
  takeOrAsk,
} from "@quorate/rest";
import type { Call } from "../http/call.ts";
import { hold } from "../cluster/cluster-call.ts";
import { mount, type Mounting } from "../http/mount.ts";
import { lineOf } from "./waiting-line.ts";
import type { Gateway } from "./gateway.ts";

/** Serves `POST …/dequeue`. */
export function mountDequeue(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, dequeue, (call) => dequeueSome(gateway, call));
}

async function dequeueSome(
  gateway: Gateway,
  call: Call<Held<typeof dequeue.body & object>>,
): Promise<Answer> {
  const { host, rates } = gateway;
  const receiving = receivingOf(host, call);
  rates.asked(call.queue, call.principal.id);
  const delivered = await deliveredWithin(gateway, receiving, signalOf(call));
  return deliveredAnswer(host, delivered, receiving);
}

function signalOf({ response }: Call): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  return gone.signal;
}

/** Takes what there is; with a wait, in line behind those who came before. */
async function deliveredWithin(
  { client, waiting }: Gateway,
  { operation, waitMs }: Receiving,
  signal: AbortSignal,
): Promise<Delivered> {
  const attempt = <R>(conversation: Conversation<R>) => hold(client, conversation, { signal });
  const line = lineOf(operation.queue, operation.from);
  const isBehind = waitMs > 0 && waiting.isAnyWaiting(line);
  const first = isBehind ? null : await attempt(takeOrAsk(operation));
  if (first !== null && (waitMs === 0 || isFull(first))) return first;
  const taken = await waiting.wait({
    line,
    waitMs,
    signal,
    take: () => attempt(take(operation)),
    takeReplay:
      operation.dequeueHash === null
        ? null
        : async () => {
            const answer = await attempt(takeOrAsk(operation));
            return isFull(answer) ? answer : null;
          },
  });
  if (taken !== null) return taken;
  // Who has gone takes nothing; for whoever still listens, an empty answer must be fresh.
  return signal.aborted && first !== null ? first : attempt(takeOrAsk(operation));
}
