import type { ExecutionContext } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  createQueueStateMachine,
  decodeOutcome,
  encodeAnswer,
  encodeOperation,
  encodeOutcome,
  encodeQuestion,
  type Operation,
  type Outcome,
  type QueueStateMachine,
} from "@quorate/queue";
import type { ClusterClient } from "@quorate/session";
import { expect, test } from "vitest";
import { orderMessage } from "../workload/order-messages.ts";
import { checkAnswers } from "./answers.ts";
import { checkContract } from "./contract.ts";
import { ExecutedLog } from "./executed-log.ts";
import { History } from "./histories.ts";

const queue = "q";
const put = { type: "put-queue", queue, config: {}, precondition: { kind: "none" } } as const;
const purge: Operation = { type: "purge", queue, states: ["ready"] };

function enqueue(text: string): Operation {
  const messages = [orderMessage(text)];
  return { type: "enqueue", queue, form: "single", idempotency: null, messages };
}

/** A machine that says something else than what it did. */
function lying(lie: (outcome: Outcome) => Outcome): QueueStateMachine {
  const machine = honest();
  return {
    ...machine,
    execute: (...args) => encodeOutcome(lie(decodeOutcome(machine.execute(...args)))),
  };
}

function honest(): QueueStateMachine {
  return createQueueStateMachine({ sha256, slabBytes: 70_000 });
}

/** A cluster of one machine, its log, and a client whose calls are recorded. */
class Cluster {
  readonly log = new ExecutedLog();
  readonly history = new History(() => this.op);
  readonly machine: QueueStateMachine;
  private op = 0;
  private readonly client: ClusterClient;

  constructor(machine = honest()) {
    this.machine = this.log.watch(machine);
    const coord = (): { epoch: number; view: number; op: number } => ({
      epoch: 0,
      view: 1,
      op: this.op,
    });
    const parts: Pick<ClusterClient, "execute" | "query"> = {
      execute: async (operation) => {
        return { bytes: this.machine.execute(operation, this.next()), coord: coord() };
      },
      query: async (question) => ({ bytes: this.machine.query(question), coord: coord() }),
    };
    this.client = this.history.recording(parts as ClusterClient, 0);
  }

  next(): ExecutionContext {
    this.op += 1;
    const random = new Uint8Array(16);
    return { op: this.op, requestIndex: 0, timestampMicros: 1_000_000 + this.op, random };
  }

  async execute(...operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      await this.client.execute(encodeOperation(operation), { timeoutMs: 1 });
    }
  }

  async look(): Promise<void> {
    const options = { timeoutMs: 1, consistency: "linearizable" } as const;
    await this.client.query(encodeQuestion({ type: "get-queue", queue }), options);
  }

  check(): void {
    checkAnswers(this.log, this.history);
    checkContract(this.log, this.history);
  }
}

test("what an honest machine does and shows is what the contract says", async () => {
  const cluster = new Cluster();
  await cluster.look();
  await cluster.execute(put, enqueue("a"), enqueue("b"), enqueue("a"));
  await cluster.look();
  await cluster.execute(purge);
  cluster.machine.pulse(cluster.next());
  await cluster.look();
  expect(() => cluster.check()).not.toThrow();
  expect(cluster.log.entries).toHaveLength(6);
});

test("a purge that tells of more than there was is no purge of the contract", async () => {
  const cluster = new Cluster(
    lying((outcome) =>
      outcome.type === "purged" ? { ...outcome, removed: outcome.removed + 1 } : outcome,
    ),
  );
  await cluster.execute(put, enqueue("a"), purge);
  expect(() => cluster.check()).toThrow(
    'purge at op 3 answered {"removed":2}, and not {"removed":1}',
  );
});

test("a read that shows what is gone is none of the contract", async () => {
  const machine = honest();
  const before = { type: "get-queue", queue } as const;
  const stale = encodeAnswer({ type: "queue", view: null });
  const cluster = new Cluster({ ...machine, query: () => stale });
  await cluster.execute(put);
  cluster.check();
  await cluster.look();
  expect(() => cluster.check()).toThrow(`${before.type} at op 1 answered null`);
});

test("an answer of another op, or of another outcome, is none that was executed", async () => {
  const cluster = new Cluster();
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
  const cluster = new Cluster();
  await cluster.execute(put, enqueue("a"));
  cluster.machine.execute(encodeOperation(enqueue("a")), cluster.next());
  expect(() => cluster.check()).toThrow("enqueue was executed at op 3, more often than");
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
