/**
 * Bytes that no gateway of ours sends. A gateway whose key was stolen may put any into the log, and
 * what stops one replica stops all of them, again at every start.
 */
import { Prng } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { encodeOperation } from "./operation-codec.ts";
import { decodeOutcome } from "./outcome-codec.ts";
import { decodeAnswer, encodeQuestion, type Question } from "./question.ts";
import { LeafStore } from "./testing/leaf-store.ts";
import { hashOf, leaseOf, MachineDriver } from "./testing/machine-driver.ts";
import { quickDigest } from "./testing/quick-digest.ts";
import { RandomOperations } from "./testing/random-operation.ts";

const queues = ["a", "b", "c"];
const steps = 4_000;
/** Between two states that are kept, loaded into a new machine and compared. */
const keepEvery = 500;

/** Numbers at which something ends, little-endian in 1 to 8 bytes. */
const edges = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0xffff_ffffn,
  2n ** 53n - 1n,
  2n ** 64n - 1n,
];

/** The bytes with a few changes: flipped, cut, doubled, spliced with others, numbers at an edge. */
function changed(prng: Prng, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let result = bytes.slice();
  for (let times = prng.between(1, 3); times > 0 && result.length > 0; times--) {
    const at = prng.below(result.length);
    switch (prng.below(6)) {
      case 0:
        result[at] = (result[at] ?? 0) ^ (1 << prng.below(8));
        break;
      case 1:
        result = result.subarray(0, at);
        break;
      case 2:
        result = Uint8Array.from([...result.subarray(0, at), ...result.subarray(at / 2)]);
        break;
      case 3:
        result = Uint8Array.from([...result.subarray(0, at), ...other.subarray(at)]);
        break;
      case 4:
        result = Uint8Array.from([
          ...result.subarray(0, at),
          ...prng.bytes(3),
          ...result.subarray(at),
        ]);
        break;
      default: {
        const edge = prng.pick(edges);
        for (let byte = 0; byte < prng.pick([1, 2, 4, 8]) && at + byte < result.length; byte++) {
          result[at + byte] = Number((edge >> BigInt(8 * byte)) & 0xffn);
        }
      }
    }
  }
  return result;
}

const questions: readonly Question[] = [
  { type: "get-queue", queue: "a" },
  { type: "list-queues", prefix: "", after: "", limit: 50 },
  { type: "deliverable", queue: "a", from: "ready", mode: "lease", dequeueHash: hashOf("x") },
  { type: "revocations", after: 0, limit: 1_000 },
  {
    type: "list-messages",
    queue: "a",
    state: "ready",
    groupHash: null,
    dedupHash: null,
    after: { incarnation: 3, number: 9 },
    limit: 100,
    withContent: true,
  },
  { type: "get-message", queue: "a", message: { op: 7, index: 0 }, withContent: true },
  { type: "list-groups", queue: "a", state: "dead", after: null, limit: 10 },
  { type: "try-put", queue: "a", config: { maxFailures: 3 }, precondition: { kind: "none" } },
  { type: "get-task", number: 1 },
];

describe("bytes that no gateway of ours sends", () => {
  it.each([1, 2, 3, 4])(
    "end no replica, mean the same on all, and leave a state that can be kept: seed %i",
    (seed) => {
      const prng = new Prng(seed);
      const driver = new MachineDriver({ sha256: quickDigest });
      const twin = new MachineDriver({ sha256: quickDigest });
      for (const queue of queues) for (const each of [driver, twin]) each.put({}, queue);
      const operations = new RandomOperations(prng, queues);
      const store = new LeafStore();
      const counts = new Map<string, number>();
      for (let step = 1; step <= steps; step++) {
        const asked = encodeOperation(operations.next());
        const other = encodeOperation(operations.next());
        const bytes = prng.chance(0.3) ? asked : changed(prng, asked, other);
        const told = driver.executeBytes(bytes);
        expect(twin.executeBytes(bytes)).toEqual(told);
        const outcome = decodeOutcome(told);
        counts.set(outcome.type, (counts.get(outcome.type) ?? 0) + 1);
        if (outcome.type === "dequeued") {
          for (const message of outcome.messages) {
            if (message.lease !== null) operations.remember(leaseOf(message));
          }
        }
        const question = encodeQuestion(prng.pick(questions));
        decodeAnswer(driver.machine.query(changed(prng, question, asked)));
        const waitMs = prng.below(2_000);
        for (const each of [driver, twin]) each.pass(waitMs);
        if (prng.chance(0.1)) for (const each of [driver, twin]) each.pulse();
        if (step % keepEvery === 0) expectKept(store, driver);
      }
      expect(driver.machine.stateDigest()).toEqual(twin.machine.stateDigest());
      // Some of it meant something after all, and much of it nothing.
      expect(counts.get("invalid")).toBeGreaterThan(steps / 10);
      expect(counts.size).toBeGreaterThan(5);
    },
  );
});

function expectKept(store: LeafStore, { machine }: MachineDriver): void {
  store.freeze(machine);
  store.keep();
  const fresh = new MachineDriver({ sha256: quickDigest });
  expect(store.loadInto(fresh.machine)).toBe(true);
  expect(fresh.machine.stateDigest()).toEqual(machine.stateDigest());
}
