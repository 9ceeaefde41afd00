/** Producers and consumers: they work through real sessions, and never give up. */
import type { Prng } from "@quorate/prelude";
import type { ClusterClient } from "@quorate/session";
import type { Deliveries } from "../histories/deliveries.ts";
import type { World } from "../world/world.ts";
import { Calls } from "./calls.ts";
import { Consumer } from "./consumer.ts";
import { Producer } from "./producer.ts";

const callTimeoutMs = 3_000;

export interface WorkloadParts {
  readonly world: World;
  readonly clients: readonly ClusterClient[];
  readonly deliveries: Deliveries;
  readonly prng: Prng;
  /** Calls that a producer makes at the same moment, at most: they travel in one request. */
  readonly burstMax: number;
  /** Workers rest this many times longer than in a pressed run. */
  readonly restScale: number;
  onFailure(error: unknown): void;
}

export class Workload {
  private readonly parts: WorkloadParts;
  private readonly calls: Calls;
  private workersLeft = 0;
  private producersLeft = 0;

  constructor(parts: WorkloadParts) {
    this.parts = parts;
    const { world, clients, restScale } = parts;
    this.calls = new Calls({ world, clients, timeoutMs: callTimeoutMs, restScale });
  }

  get operationsAnswered(): number {
    return this.calls.answered;
  }

  get isDone(): boolean {
    return this.workersLeft === 0;
  }

  begin(workerCount: number): void {
    for (let worker = 0; worker < workerCount; worker++) {
      const prng = this.parts.prng.fork();
      const isProducer = worker % 2 === 0;
      this.workersLeft += 1;
      if (isProducer) this.producersLeft += 1;
      const work = isProducer ? this.produce(worker, prng) : this.consume(worker, prng);
      work.then(
        () => {
          this.workersLeft -= 1;
          if (isProducer) this.producersLeft -= 1;
        },
        (error: unknown) => this.parts.onFailure(error),
      );
    }
    if (workerCount === 1) this.begin(1);
  }

  /** No new messages; what was begun is finished and the queue is drained. */
  finish(): void {
    this.calls.isFinishing = true;
  }

  private produce(worker: number, prng: Prng): Promise<void> {
    const { calls } = this;
    const { deliveries, burstMax } = this.parts;
    return new Producer({ name: `w${worker}`, calls, deliveries, prng, burstMax }).work();
  }

  private consume(worker: number, prng: Prng): Promise<void> {
    const { calls } = this;
    const { world, deliveries } = this.parts;
    const hasSeenAll = (): boolean => this.producersLeft === 0;
    return new Consumer({ number: worker, world, calls, deliveries, prng, hasSeenAll }).work();
  }
}
