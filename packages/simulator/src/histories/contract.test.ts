import { encodeAnswer, encodeOperation, type Operation } from "@quorate/queue";
import { expect, test } from "vitest";
import { checkAnswers } from "./answers.ts";
import { checkContract } from "./contract.ts";
import { ExecutedLog } from "./executed-log.ts";
import { History } from "./histories.ts";
import { enqueue, honest, lying, put, queue, RecordedMachine } from "./testing/recorded-machine.ts";

const purge: Operation = { type: "purge", queue, states: ["ready"] };

function check({ log, history }: RecordedMachine): void {
  checkAnswers(log, history);
  checkContract(log, history);
}

test("what an honest machine does and shows is what the contract says", async () => {
  const cluster = new RecordedMachine();
  await cluster.look();
  await cluster.execute(put, enqueue("a"), enqueue("b"), enqueue("a"));
  await cluster.look();
  await cluster.execute(purge);
  cluster.machine.pulse(cluster.next());
  await cluster.look();
  expect(() => check(cluster)).not.toThrow();
  expect(cluster.log.entries).toHaveLength(6);
});

test("a purge that tells of more than there was is no purge of the contract", async () => {
  const cluster = new RecordedMachine(
    lying((outcome) =>
      outcome.type === "purged" ? { ...outcome, removed: outcome.removed + 1 } : outcome,
    ),
  );
  await cluster.execute(put, enqueue("a"), purge);
  expect(() => check(cluster)).toThrow(
    'purge at op 3 answered {"removed":2}, and not {"removed":1}',
  );
});

test("a read that shows what is gone is none of the contract", async () => {
  const machine = honest();
  const before = { type: "get-queue", queue } as const;
  const stale = encodeAnswer({ type: "queue", view: null });
  const cluster = new RecordedMachine({ ...machine, query: () => stale });
  await cluster.execute(put);
  check(cluster);
  await cluster.look();
  expect(() => check(cluster)).toThrow(`${before.type} at op 1 answered null`);
});

test("an answer of another op, or of another outcome, is none that was executed", async () => {
  const cluster = new RecordedMachine();
  await cluster.execute(put, enqueue("a"));
  const [, answered] = cluster.history.raw;
  if (answered === undefined) throw new Error("no call");
  const told = (change: object): History => {
    const history = new History(() => 0);
    Object.assign(history, { calls: [{ ...answered, ...change }] });
    return history;
  };
  expect(() => checkAnswers(cluster.log, told({ op: 1 }))).toThrow("was answered at op 1");
  expect(() => checkAnswers(cluster.log, told({ told: new Uint8Array(1) }))).toThrow(
    "what was not executed",
  );
});

test("what is executed more often than anybody asked for it is found", async () => {
  const cluster = new RecordedMachine();
  await cluster.execute(put, enqueue("a"));
  cluster.machine.execute(encodeOperation(enqueue("a")), cluster.next());
  expect(() => check(cluster)).toThrow("enqueue was executed at op 3, more often than");
});

test("a member that executes what another has executed adds nothing to the log", () => {
  const log = new ExecutedLog();
  const [first, second] = [log.watch(honest()), log.watch(honest())];
  const context = { op: 1, requestIndex: 0, timestampMicros: 1, random: new Uint8Array(16) };
  first.execute(encodeOperation(put), context);
  first.pulse({ ...context, requestIndex: 1 });
  second.execute(encodeOperation(put), context);
  second.pulse({ ...context, requestIndex: 1 });
  second.pulse({ ...context, op: 2 });
  expect(log.entries.map(({ op, call }) => [op, call === null])).toEqual([
    [1, false],
    [1, true],
    [2, true],
  ]);
});
