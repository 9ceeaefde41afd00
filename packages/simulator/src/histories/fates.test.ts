import {
  decodeOperation,
  encodeOutcome,
  type Dequeued,
  type Operation,
  type Outcome,
  type QueueStateMachine,
  type TaskView,
} from "@quorate/queue";
import { expect, test } from "vitest";
import { checkFates } from "./fates.ts";
import { TaskViews } from "./task-views.ts";
import { enqueue, honest, lying, put, queue, RecordedMachine } from "./testing/recorded-machine.ts";

const purgeAll: Operation = {
  type: "purge",
  queue,
  states: ["ready", "scheduled", "leased", "dead"],
};
const pause: Operation = {
  type: "pause-queue",
  queue,
  what: "receive",
  pause: { by: "somebody", reason: null },
};
const resume: Operation = { ...pause, pause: null };

function dequeue(mode: "lease" | "delete" = "lease"): Operation {
  const from = { principal: "p", worker: null, dequeueHash: null, from: "ready" } as const;
  return { type: "dequeue", queue, ...from, max: 10, maxPerGroup: null, mode, leaseMs: null };
}

function ackOf(outcome: Outcome): Operation {
  if (outcome.type !== "dequeued") throw new Error(outcome.type);
  const settlements = outcome.messages.flatMap(({ lease }) =>
    lease === null ? [] : [{ action: "ack", lease } as const],
  );
  return { type: "settle", queue, atomic: false, settlements };
}

function check({ log, history }: RecordedMachine): void {
  checkFates(log, history, [queue]);
}

/** A machine that hands out again what it handed out first, whenever it has nothing. */
function repeating(): QueueStateMachine {
  let first: Dequeued | null = null;
  return lying((outcome) => {
    if (outcome.type !== "dequeued") return outcome;
    first ??= outcome;
    const fence = 1_000;
    const messages = first.messages.map((message) => {
      const { lease } = message;
      return { ...message, lease: lease === null ? null : { ...lease, fence } };
    });
    return outcome.messages.length > 0 ? outcome : { ...outcome, messages };
  });
}

test("messages that leave once, each in its way, have good fates", async () => {
  const machine = new RecordedMachine();
  await machine.execute(put, enqueue("a"), enqueue("a"));
  await machine.execute(ackOf(await machine.execute(dequeue())));
  await machine.execute(enqueue("b"), dequeue("delete"), enqueue("c"), pause, dequeue());
  await machine.look();
  await machine.execute(resume, dequeue(), purgeAll, enqueue("d"), dequeue());
  await machine.execute({ type: "delete-queue", queue, force: true }, put);
  await machine.look();
  expect(() => check(machine)).not.toThrow();
});

test("a message that was acknowledged is never handed out again", async () => {
  const machine = new RecordedMachine(repeating());
  await machine.execute(put, enqueue("a"));
  await machine.execute(ackOf(await machine.execute(dequeue())), dequeue());
  expect(() => check(machine)).toThrow(/at op 5 m_\w+ is in q, and was acknowledged at op 4/);
});

test.each([
  ["purged", purgeAll],
  ["deleted with its queue", { type: "delete-queue", queue, force: true } as const],
])("a message that was %s is never handed out again", async (how, operation) => {
  const machine = new RecordedMachine(repeating());
  await machine.execute(put, enqueue("a"), dequeue(), operation, put, dequeue());
  expect(() => check(machine)).toThrow(`and was ${how} at op 4`);
});

test("what was taken without a lease is not taken twice", async () => {
  const machine = new RecordedMachine(repeating());
  await machine.execute(put, enqueue("a"), dequeue("delete"), dequeue("delete"));
  expect(() => check(machine)).toThrow("and was taken at op 3");
});

test("no purge takes more than there can be, and no read shows more", async () => {
  const purging = new RecordedMachine(
    lying((outcome) => (outcome.type === "purged" ? { ...outcome, removed: 2 } : outcome)),
  );
  await purging.execute(put, enqueue("a"), purgeAll);
  expect(() => check(purging)).toThrow("q purged 2 messages, and holds 1 at most");
  // It tells of an acknowledgement that it does not do.
  const machine = honest();
  const forgetful = new RecordedMachine({
    ...machine,
    execute: (bytes, context) => {
      const asked = decodeOperation(bytes);
      if (asked.type !== "settle") return machine.execute(bytes, context);
      const done = { status: "settled", state: "done", alreadySettled: false } as const;
      const results = asked.settlements.map(() => ({ ...done, late: false, leaseUntilMs: null }));
      return encodeOutcome({ type: "settled", results });
    },
  });
  await forgetful.execute(put, enqueue("a"));
  await forgetful.execute(ackOf(await forgetful.execute(dequeue())));
  await forgetful.look();
  expect(() => check(forgetful)).toThrow("q shows 1 messages, and holds 0 at most");
});

test("a queue whose receiving is paused hands out nothing", async () => {
  const paused = { send: null, receive: { by: "somebody", atMs: 0, reason: null } };
  const machine = new RecordedMachine(
    lying((outcome) => (outcome.type === "queue-paused" ? { ...outcome, paused } : outcome)),
  );
  await machine.execute(put, enqueue("a"), resume, dequeue());
  expect(() => check(machine)).toThrow("1 messages were taken from q, which is paused");
});

test("a redrive moves no more than was matched, and nothing when it is over", () => {
  const view: TaskView = {
    number: 1,
    queue,
    state: "running",
    matched: 3,
    counting: false,
    moved: 1,
    startedAtMs: 0,
    endedAtMs: null,
  };
  const told = (...changes: readonly Partial<TaskView>[]): (() => void) => {
    const views = new TaskViews();
    views.onTold(1, view);
    return () => {
      for (const [at, change] of changes.entries()) views.onTold(at + 2, { ...view, ...change });
    };
  };
  expect(told({ moved: 3, state: "done" }, { moved: 3, state: "done" })).not.toThrow();
  expect(told({ moved: 4 })).toThrow("moved 4 of 3");
  expect(told({ moved: 0 })).toThrow("moved 0 of 3, running, after 1 of 3, running");
  expect(told({ state: "cancelled" }, { moved: 2, state: "cancelled" })).toThrow(
    "moved 2 of 3, cancelled, after 1 of 3, cancelled",
  );
});
