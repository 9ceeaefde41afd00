import { bytesEqual, type ExecutionContext, hexEncode, Prng } from "@quorate/prelude";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeOperation } from "./operation-codec.ts";
import { decodeOutcome } from "./outcome-codec.ts";
import {
  createQueueStateMachine,
  type QueueStateMachine,
  type QueueStateMachineOptions,
} from "./queue-state-machine.ts";
import { LeafStore } from "./testing/leaf-store.ts";
import { leaseOf, MachineDriver } from "./testing/machine-driver.ts";
import { quickDigest } from "./testing/quick-digest.ts";
import { RandomOperations } from "./testing/random-operation.ts";

/**
 * Slabs so small that some are dropped, and that end within a leaf or are many, of which pulses
 * empty some; ghosts that stay for long.
 */
function machineOptions(seed: number): QueueStateMachineOptions {
  return { sha256: quickDigest, slabBytes: seed % 2 === 0 ? 70_000 : 500, ghostsMax: 2 };
}

/** One entry of the log: an operation, or a pulse. */
interface Entry {
  readonly operation: Uint8Array | null;
  readonly context: ExecutionContext;
  readonly outcome: Uint8Array | null;
}

/** A replica that takes checkpoints, restarts from them, and gets behind and catches up by them. */
class Subject {
  machine: QueueStateMachine;
  readonly store = new LeafStore();
  private readonly log: Entry[] = [];
  private readonly prng: Prng;
  private readonly options: QueueStateMachineOptions;
  /** Entries of the log that the state that is being taken, and the kept one, are made of. */
  private frozenAt = 0;
  private keptAt = 0;
  private digestAtFreeze = "";

  constructor(prng: Prng, options: QueueStateMachineOptions) {
    this.prng = prng;
    this.options = options;
    this.machine = createQueueStateMachine(options);
  }

  follow(entry: Entry): void {
    this.log.push(entry);
    execute(this.machine, entry);
  }

  /** Does something with checkpoints, or nothing. `digest` is what the state's should be. */
  act(digest: () => string): void {
    const { prng, store } = this;
    if (!store.isTaking) {
      if (prng.chance(0.08)) this.freeze(digest());
    } else if (prng.chance(0.06)) {
      store.drop();
    } else if (store.take(prng.below(4)) || prng.chance(0.05)) {
      this.keep();
    }
    if (prng.chance(0.02) && store.kept.length > 0) this.restart();
    if (prng.chance(0.05)) this.machine.stateDigest();
  }

  freeze(digest: string): void {
    this.store.freeze(this.machine);
    this.frozenAt = this.log.length;
    this.digestAtFreeze = digest;
  }

  keep(): void {
    const leaves = this.store.keep();
    const digest = hexEncode(quickDigest(...leaves.map((leaf) => leaf.digest)));
    if (digest !== this.digestAtFreeze) throw new Error("leaves are not those of the other");
    this.keptAt = this.frozenAt;
  }

  // From the kept state, in the same process or in a new one, through the log to the newest entry.
  private restart(): void {
    if (this.prng.chance(0.5)) this.machine = createQueueStateMachine(this.options);
    if (!this.store.loadInto(this.machine)) throw new Error("the kept state is none");
    for (const entry of this.log.slice(this.keptAt)) execute(this.machine, entry);
  }
}

function execute(machine: QueueStateMachine, { operation, context, outcome }: Entry): void {
  if (operation === null || outcome === null) machine.pulse(context);
  else if (!bytesEqual(machine.execute(operation, context), outcome)) {
    throw new Error(`another outcome at op ${context.op}`);
  }
}

const configs = {
  plain: { leaseMsDefault: 5_000, dedupWindowMs: 60_000, maxFailures: 3 },
  strict: { dedupMode: "untilSettled", onDead: "block", maxInFlight: 9, leaseMsDefault: 40_000 },
} as const;

function run(seed: number, steps: number): void {
  const prng = new Prng(seed);
  const subject = new Subject(prng.fork(), machineOptions(seed));
  const other = new MachineDriver(machineOptions(seed));
  const record = (operation: Uint8Array | null): Uint8Array | null => {
    const context = other.context();
    let outcome: Uint8Array | null = null;
    if (operation === null) other.machine.pulse(context);
    else outcome = other.machine.execute(operation, context);
    subject.follow({ operation, context, outcome });
    return outcome;
  };
  for (const [queue, config] of Object.entries(configs)) {
    const precondition = { kind: "none" } as const;
    record(encodeOperation({ type: "put-queue", queue, config, precondition }));
  }
  const removesMuch = seed % 3 === 0;
  const operations = new RandomOperations(prng, Object.keys(configs), { removesMuch });
  for (let step = 0; step < steps; step++) {
    // Now and then longer than any window: pages of fences are dropped while their leases run.
    other.pass(prng.chance(0.01) ? 650_000 : prng.below(1_200));
    if (prng.chance(0.15)) record(null);
    const bytes = record(encodeOperation(operations.next()));
    const outcome = decodeOutcome(bytes ?? new Uint8Array(0));
    if (outcome.type === "dequeued") {
      for (const message of outcome.messages) {
        operations.rememberMessage(message.message);
        if (message.lease !== null) operations.remember(leaseOf(message));
      }
    }
    subject.act(() => other.digest());
  }
  expect(hexEncode(subject.machine.stateDigest())).toBe(other.digest());
  subject.store.drop();
  subject.freeze(other.digest());
  subject.keep();
}

test("a machine that is frozen, kept, dropped, restarted and loaded goes on as one that is left alone, leaf by leaf", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => run(seed, 500)),
    { numRuns: 24 },
  );
});
