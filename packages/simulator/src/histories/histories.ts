/**
 * What clients asked and were told, as their gateways saw it: call, answer, and both times.
 *
 * A call that failed with a promise that nothing was executed leaves no trace here, so a broken
 * promise shows as an effect without a cause.
 */
import {
  type Answer,
  decodeAnswer,
  decodeOperation,
  decodeOutcome,
  decodeQuestion,
  type Operation,
  type Outcome,
  type Question,
} from "@quorate/queue";
import { type ClusterClient, ClusterError, type Executed } from "@quorate/session";

/** A call that was answered, or whose outcome nobody knows. */
export type RecordedCall = Times &
  (
    | { readonly kind: "operation"; readonly asked: Operation; readonly told: Outcome | null }
    | { readonly kind: "read"; readonly asked: Question; readonly told: Answer | null }
  );

/** A read that was answered. */
export type RecordedRead = Extract<RecordedCall, { kind: "read" }>;

interface Times {
  readonly gateway: number;
  /** Virtual microseconds. */
  readonly callAt: number;
  /** Infinity when the outcome is unknown. */
  readonly returnAt: number;
  /** The op of the answer; null without one. */
  readonly op: number | null;
}

/** The same, as bytes. */
export interface RawCall extends Times {
  readonly kind: "operation" | "read";
  readonly asked: Uint8Array;
  readonly told: Uint8Array | null;
}

export class History {
  private readonly calls: RawCall[] = [];
  private readonly now: () => number;

  /** `now` is the virtual time in microseconds. */
  constructor(now: () => number) {
    this.now = now;
  }

  /** Calls in the order of their answers; only the times and ops, for all of them. */
  get times(): readonly Readonly<Times & { kind: RawCall["kind"] }>[] {
    return this.calls;
  }

  /** The same, with what was asked and told. */
  get raw(): readonly RawCall[] {
    return this.calls;
  }

  /** What was read, decoded. */
  get reads(): readonly RecordedRead[] {
    return this.calls
      .filter(({ kind }) => kind === "read")
      .flatMap((call) => {
        const read = decoded(call);
        return read.kind === "read" ? [read] : [];
      });
  }

  /** The calls that concern one of these queues, decoded. */
  callsOn(queues: ReadonlySet<string>): RecordedCall[] {
    return this.calls.map(decoded).filter((call) => queues.has(queueOf(call.asked)));
  }

  /** A client that does what `client` does, and whose calls are recorded here. */
  recording(client: ClusterClient, gateway: number): ClusterClient {
    return {
      start: () => client.start(),
      stop: () => client.stop(),
      watch: (queue, onReady) => client.watch(queue, onReady),
      health: () => client.health(),
      onHealth: (listener) => client.onHealth(listener),
      execute: (operation, options) => {
        const asked = { gateway, kind: "operation", asked: operation } as const;
        return this.record(asked, client.execute(operation, options));
      },
      query: (question, options) => {
        const answer = client.query(question, options);
        if (options.consistency === "stale") return answer;
        return this.record({ gateway, kind: "read", asked: question }, answer);
      },
    };
  }

  private async record(
    call: Pick<RawCall, "gateway" | "kind" | "asked">,
    answer: Promise<Executed>,
  ): Promise<Executed> {
    const callAt = this.now();
    try {
      const executed = await answer;
      const { bytes, coord } = executed;
      this.calls.push({ ...call, callAt, told: bytes, returnAt: this.now(), op: coord.op });
      return executed;
    } catch (error) {
      const isUnknown = !(error instanceof ClusterError) || error.code === "outcome-unknown";
      if (isUnknown && call.kind === "operation") {
        this.calls.push({ ...call, callAt, told: null, returnAt: Infinity, op: null });
      }
      throw error;
    }
  }
}

function decoded({ asked, told, kind, ...times }: RawCall): RecordedCall {
  if (kind === "read") {
    const answer = told === null ? null : decodeAnswer(told);
    return { ...times, kind, asked: decodeQuestion(asked), told: answer };
  }
  const outcome = told === null ? null : decodeOutcome(told);
  return { ...times, kind, asked: decodeOperation(asked), told: outcome };
}

/** The queue that a call is about; empty when it is about several, or none. */
function queueOf(asked: Operation | Question): string {
  return "queue" in asked ? asked.queue : "";
}
