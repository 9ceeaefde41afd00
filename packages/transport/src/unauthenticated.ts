import type { Socket } from "node:net";
import type { Clock } from "@quorate/ports";
import { helloBytesMax, helloMsMax, unauthenticatedSocketsMax } from "./limits.ts";
import type { LinkRejects } from "./link-rejects.ts";

/**
 * The budgets of sockets that have proved nothing: how many, how long, how many bytes.
 *
 * It looks at raw TCP sockets, below HTTP and websocket, so that nothing a stranger sends is
 * gathered beyond the budget.
 */
export class Unauthenticated {
  private readonly clock: Clock;
  private readonly rejects: LinkRejects;
  private readonly releases = new Map<Socket, () => void>();

  constructor(clock: Clock, rejects: LinkRejects) {
    this.clock = clock;
    this.rejects = rejects;
  }

  /** A TCP connection arrived. It is destroyed when the budgets are used up. */
  admit(socket: Socket): void {
    if (this.releases.size >= unauthenticatedSocketsMax) {
      this.rejects.count("too-many");
      socket.destroy();
      return;
    }
    const cancelDeadline = this.clock.after(helloMsMax, () => {
      this.rejects.count("hello-timeout");
      socket.destroy();
    });
    const release = (): void => {
      cancelDeadline();
      socket.off("close", release);
      this.releases.delete(socket);
    };
    this.releases.set(socket, release);
    socket.once("close", release);
  }

  /** Counts bytes from now on: once HTTP, which has its own limit, has handed the socket over. */
  watchBytes(socket: Socket): void {
    const onData = (): void => {
      if (!this.releases.has(socket)) {
        socket.off("data", onData);
      } else if (socket.bytesRead > helloBytesMax) {
        this.rejects.count("hello-bytes");
        socket.destroy();
      }
    };
    socket.on("data", onData);
  }

  /** The hello was verified: no budget of this kind any more. */
  release(socket: Socket): void {
    this.releases.get(socket)?.();
  }
}
