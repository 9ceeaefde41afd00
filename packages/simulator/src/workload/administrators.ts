/**
 * Clients that do everything a queue allows, on two queues of their own: they nack to death, pause,
 * purge, redrive, delete and make anew. What they are told is compared with the contract, so they
 * need not know what to expect.
 */
import type { Prng } from "@quorate/prelude";
import { RandomOperations } from "@quorate/queue/testing";
import type { ClusterClient } from "@quorate/session";
import { contractMicrosMax } from "../histories/contract.ts";
import type { World } from "../world/world.ts";
import { administratedQueues } from "./administrated-queues.ts";
import { Administrator } from "./administrator.ts";
import { AnyClient } from "./any-client.ts";
import { Calls } from "./calls.ts";

const callTimeoutMs = 2_000;

export interface AdministratorsParts {
  readonly world: World;
  readonly clients: readonly ClusterClient[];
  readonly prng: Prng;
  /** They rest this many times longer than in a pressed run. */
  readonly restScale: number;
  onFailure(error: unknown): void;
}

export class Administrators {
  private readonly parts: AdministratorsParts;
  private readonly calls: Calls;
  private left = 0;

  constructor(parts: AdministratorsParts) {
    this.parts = parts;
    const { world, clients, restScale } = parts;
    this.calls = new Calls({ world, clients, timeoutMs: callTimeoutMs, restScale });
  }

  get operationsAnswered(): number {
    return this.calls.answered;
  }

  get isDone(): boolean {
    return this.left === 0;
  }

  /** The first of them pauses, purges and the like; the others do whatever comes. */
  begin(count: number): void {
    const { prng } = this.parts;
    const { calls } = this;
    const isOver = (): boolean => this.isOver;
    const operations = new RandomOperations(prng.fork(), administratedQueues);
    for (let number = 0; number < count; number++) {
      const own = { calls, prng: prng.fork(), isOver };
      const client =
        number === 0 ? new Administrator(own, administratedQueues) : new AnyClient(own, operations);
      this.left += 1;
      client.work().then(
        () => {
          this.left -= 1;
        },
        (error: unknown) => this.parts.onFailure(error),
      );
    }
  }

  /** Whoever is in a call finishes it. */
  finish(): void {
    this.calls.isFinishing = true;
  }

  /** What comes later would not be compared. */
  private get isOver(): boolean {
    return this.calls.isFinishing || this.parts.world.nowMicros > contractMicrosMax;
  }
}
