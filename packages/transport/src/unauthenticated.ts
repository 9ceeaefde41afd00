import type { Socket } from "node:net";
import type { Clock } from "@quorate/ports";
import { ArrivalBudget } from "./arrival-budget.ts";
import { helloBytesMax, helloMsMax, unauthenticatedSocketsMax } from "./limits.ts";
import type { LinkRejects } from "./link-rejects.ts";

interface Newcomer {
  readonly address: string;
  /** Ends its budgets. */
  release(): void;
}

/**
 * The budgets of sockets that have proved nothing: how often, how many, how long, how many bytes.
 *
 * It looks at raw TCP sockets, below HTTP and websocket, so that nothing a stranger sends is
 * gathered beyond the budget.
 */
export class Unauthenticated {
  private readonly clock: Clock;
  private readonly rejects: LinkRejects;
  private readonly arrivals: ArrivalBudget;
  /** In the order in which they came. */
  private readonly newcomers = new Map<Socket, Newcomer>();

  constructor(clock: Clock, rejects: LinkRejects) {
    this.clock = clock;
    this.rejects = rejects;
    this.arrivals = new ArrivalBudget(clock);
  }

  /** A TCP connection arrived. It is destroyed when the budgets are used up. */
  admit(socket: Socket): void {
    // A socket that is closed already has no address any more.
    const address = socket.remoteAddress ?? "";
    if (!this.arrivals.take(address)) {
      this.rejects.count("too-often");
      socket.destroy();
      return;
    }
    if (this.newcomers.size >= unauthenticatedSocketsMax) this.makeRoom();
    const cancelDeadline = this.clock.after(helloMsMax, () => {
      this.rejects.count("hello-timeout");
      socket.destroy();
    });
    const release = (): void => {
      cancelDeadline();
      socket.off("close", release);
      this.newcomers.delete(socket);
    };
    this.newcomers.set(socket, { address, release });
    socket.once("close", release);
  }

  /**
   * Counts bytes from now on: once HTTP, which has its own limit, has handed the socket over. With
   * TLS they are counted on the stream inside it, whose handshake has limits of its own.
   */
  watchBytes(socket: Socket, stream: Socket): void {
    const onData = (): void => {
      if (!this.newcomers.has(socket)) {
        stream.off("data", onData);
      } else if (stream.bytesRead > helloBytesMax) {
        this.rejects.count("hello-bytes");
        socket.destroy();
      }
    };
    stream.on("data", onData);
  }

  /** The hello was verified: no budget of this kind any more. */
  release(socket: Socket): void {
    const newcomer = this.newcomers.get(socket);
    if (newcomer === undefined) return;
    newcomer.release();
    this.arrivals.prove(newcomer.address);
  }

  /** Ends the oldest socket of the address that has most, so that a crowd ends its own. */
  private makeRoom(): void {
    const oldest = new Map<string, Socket>();
    const counts = new Map<string, number>();
    for (const [socket, { address }] of this.newcomers) {
      if (!oldest.has(address)) oldest.set(address, socket);
      counts.set(address, (counts.get(address) ?? 0) + 1);
    }
    const most = Math.max(...counts.values());
    for (const [address, socket] of oldest) {
      if (counts.get(address) !== most) continue;
      this.rejects.count("too-many");
      this.newcomers.get(socket)?.release();
      socket.destroy();
      return;
    }
  }
}
