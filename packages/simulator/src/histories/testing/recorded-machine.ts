/** A cluster of one machine, whose log and whose clients' calls are kept: for tests of checkers. */
import type { ExecutionContext } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  createQueueStateMachine,
  decodeOutcome,
  encodeOperation,
  encodeOutcome,
  encodeQuestion,
  type Operation,
  type Outcome,
  type Question,
  type QueueStateMachine,
} from "@quorate/queue";
import type { ClusterClient } from "@quorate/session";
import { orderMessage } from "../../workload/order-messages.ts";
import { ExecutedLog } from "../executed-log.ts";
import { History } from "../histories.ts";

/** The queue of these tests. */
export const queue = "q";

/** Makes the queue. */
export const put: Operation = {
  type: "put-queue",
  queue,
  config: {},
  precondition: { kind: "none" },
};

/** Enqueues a message with this body, once. */
export function enqueue(text: string): Operation {
  const messages = [orderMessage(text)];
  return { type: "enqueue", queue, form: "single", idempotency: null, messages };
}

/** A machine that does what it should. */
export function honest(): QueueStateMachine {
  return createQueueStateMachine({ sha256, slabBytes: 70_000 });
}

/** A machine that says something else than what it did. */
export function lying(lie: (outcome: Outcome) => Outcome): QueueStateMachine {
  const machine = honest();
  return {
    ...machine,
    execute: (...args) => encodeOutcome(lie(decodeOutcome(machine.execute(...args)))),
  };
}

/** A machine, its log, and a client whose calls are recorded. */
export class RecordedMachine {
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
    const client: ClusterClient = {
      start: async () => undefined,
      stop: async () => undefined,
      watch: () => () => undefined,
      onHealth: () => () => undefined,
      health: () => {
        throw new Error("nobody asks for it");
      },
      execute: async (operation) => {
        return { bytes: this.machine.execute(operation, this.next()), coord: coord() };
      },
      query: async (question) => ({ bytes: this.machine.query(question), coord: coord() }),
    };
    this.client = this.history.recording(client, 0);
  }

  /** Where the next op is executed. */
  next(): ExecutionContext {
    this.op += 1;
    const random = new Uint8Array(16);
    return { op: this.op, requestIndex: 0, timestampMicros: 1_000_000 + this.op, random };
  }

  /** Each in an op of its own; the last one's outcome. */
  async execute(...operations: readonly Operation[]): Promise<Outcome> {
    let outcome: Outcome = { type: "invalid" };
    for (const operation of operations) {
      const { bytes } = await this.client.execute(encodeOperation(operation), { timeoutMs: 1 });
      outcome = decodeOutcome(bytes);
    }
    return outcome;
  }

  async look(question: Question = { type: "get-queue", queue }): Promise<void> {
    const options = { timeoutMs: 1, consistency: "linearizable" } as const;
    await this.client.query(encodeQuestion(question), options);
  }
}
