/** Clients that only look: a read that misses what was answered before shows in the history. */
import type { Prng } from "@quorate/prelude";
import { encodeQuestion } from "@quorate/queue";
import { type ClusterClient, ClusterError } from "@quorate/session";
import type { World } from "../world/world.ts";

const question = encodeQuestion({ type: "get-queue", queue: "orders" });
const callTimeoutMs = 1_000;
const restMsMin = 2;
const restMsMax = 60;

export interface ReadersParts {
  readonly world: World;
  /** Each reader stays with one gateway, which may believe in an old primary for longest. */
  readonly clients: readonly ClusterClient[];
  readonly prng: Prng;
  readonly readersPerGateway: number;
  /** Readers rest this many times longer than in a pressed run. */
  readonly restScale: number;
  onFailure(error: unknown): void;
}

export class Readers {
  private readonly parts: ReadersParts;
  private isOver = false;

  constructor(parts: ReadersParts) {
    this.parts = parts;
  }

  begin(): void {
    const { clients, readersPerGateway, prng } = this.parts;
    for (const client of clients) {
      for (let reader = 0; reader < readersPerGateway; reader++) {
        this.read(client, prng.fork()).catch((error: unknown) => this.parts.onFailure(error));
      }
    }
  }

  /** Nobody waits for a reader: it has nothing to finish. */
  finish(): void {
    this.isOver = true;
  }

  private async read(client: ClusterClient, prng: Prng): Promise<void> {
    const options = { timeoutMs: callTimeoutMs, consistency: "linearizable" } as const;
    while (!this.isOver) {
      try {
        await client.query(question, options);
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
      }
      await this.parts.world.sleep(prng.between(restMsMin, restMsMax) * this.parts.restScale);
    }
  }
}
