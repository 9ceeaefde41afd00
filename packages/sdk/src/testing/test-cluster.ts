/** A cluster for tests of programs that use Quorate: in the process, without a network. */
import type { ApiErrorCode } from "../operations.ts";
import type { QuorateOptions } from "../options.ts";
import { Quorate } from "../quorate.ts";
import { ManualTimers } from "./manual-timers.ts";
import { testFetch } from "./test-gateway.ts";
import { TestMachine } from "./test-machine.ts";

/** How a cluster of a test begins. */
export interface TestClusterOptions {
  /** The time at which it begins, ms since 1970 (2026-01-01T00:00:00Z). */
  readonly startMs?: number | undefined;
}

const startMsDefault = Date.UTC(2026, 0, 1);

/** Time moves in steps of this, so that what a step sets off happens before the next one, in ms. */
const stepMs = 1000;

/**
 * The state machine of the replicas behind the interface of a gateway. Clients of it behave as
 * those of a real cluster do; time stands still until `advance` moves it, for leases, delays and
 * dedup windows as for the clients' own timers.
 */
export class TestCluster {
  private readonly machine: TestMachine;
  private readonly timers = new ManualTimers();
  /** For programs that make their clients themselves; any address will do. */
  readonly fetch: typeof fetch;

  constructor({ startMs = startMsDefault }: TestClusterOptions = {}) {
    this.machine = new TestMachine(startMs);
    this.fetch = testFetch({ machine: this.machine, timers: this.timers });
  }

  /** A client of the cluster. Clients with different tokens are different principals. */
  client(options: Partial<QuorateOptions> = {}): Quorate {
    const { fetch, timers } = this;
    return new Quorate({ url: "http://quorate.test", fetch, timers, ...options });
  }

  /** The cluster's time, ms since 1970. */
  nowMs(): number {
    return this.machine.nowMs();
  }

  /**
   * Every call fails with this code from now on, until null is given. `outcome-unknown` acts before
   * it fails, as a cluster may.
   */
  failWith(code: ApiErrorCode | null): void {
    this.machine.failWith(code);
  }

  /** Moves time on and lets everything happen that follows from it, handlers of workers included. */
  async advance(ms: number): Promise<void> {
    await turns();
    for (let left = ms; left > 0; left -= stepMs) {
      const step = Math.min(left, stepMs);
      this.machine.advance(step);
      this.timers.advance(step);
      await turns();
    }
  }
}

/** Turns of the event loop in which calls are answered and what waits for them goes on. */
const turnCount = 4;

async function turns(): Promise<void> {
  for (let turn = 0; turn < turnCount; turn++) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      const arrive = () => {
        port1.close();
        resolve();
      };
      port1.addEventListener("message", arrive, { once: true });
      port1.start();
      port2.postMessage(null);
    });
  }
}
