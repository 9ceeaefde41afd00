/** Settlements of many messages, gathered into few requests. */
import { openPromise } from "./open-promise.ts";
import type { Operations, SettledMany } from "./operations.ts";
import { errorOfProblem, isAboutItsText } from "./problem-error.ts";
import { isQuorateError } from "./quorate-error.ts";
import type { Timers } from "./timers.ts";

/** One entry of a settle batch. */
export type Settlement = Operations["settle"]["body"]["settlements"][number];

/** Sends a batch. Throws a `QuorateError`. */
export type SendSettlements = (settlements: readonly Settlement[]) => Promise<SettledMany>;

/** Settlements of one request: a batch is one op, which all of its leases wait for. */
const batchMax = 100;

/** How long the first of a batch waits for others, in ms. */
const gatherMs = 5;

interface Pending {
  readonly settlement: Settlement;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers settlements of one queue. */
export class Settler {
  /** How many have no answer yet. */
  pendingCount = 0;
  private readonly send: SendSettlements;
  private readonly timers: Timers;
  private readonly onAnswered: () => void;
  private gathered: Pending[] = [];
  private cancelFlush: (() => void) | null = null;
  private readonly unanswered = new Set<Promise<void>>();

  /** @param onAnswered called after each settlement that has been answered, well or not */
  constructor(send: SendSettlements, timers: Timers, onAnswered: () => void) {
    this.send = send;
    this.timers = timers;
    this.onAnswered = onAnswered;
  }

  /** Resolves when the lease is settled so. Rejects with a `QuorateError`. */
  settle(settlement: Settlement): Promise<void> {
    const { promise, resolve, reject } = openPromise<void>();
    this.gathered.push({ settlement, resolve, reject });
    this.pendingCount += 1;
    if (this.gathered.length >= batchMax) this.flush();
    else this.cancelFlush ??= this.timers.after(gatherMs, () => this.flush());
    return promise.finally(() => {
      this.pendingCount -= 1;
      this.onAnswered();
    });
  }

  /** Sends what is gathered; resolves when everything has been answered, well or not. */
  async drain(): Promise<void> {
    this.flush();
    await Promise.all(this.unanswered);
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = null;
    const batch = this.gathered;
    this.gathered = [];
    if (batch.length === 0) return;
    const answered = this.sendBatch(batch).finally(() => this.unanswered.delete(answered));
    this.unanswered.add(answered);
  }

  private async sendBatch(batch: readonly Pending[]): Promise<void> {
    try {
      const { results } = await this.send(batch.map(({ settlement }) => settlement));
      for (const [index, pending] of batch.entries()) end(pending, results[index]);
    } catch (error) {
      if (!isQuorateError(error)) throw error;
      // One entry that no gateway takes must not cost the others their lease.
      if (isAboutItsText(error) && batch.length > 1) {
        await Promise.all(batch.map((each) => this.sendBatch([each])));
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}

function end(
  { resolve, reject }: Pending,
  result: SettledMany["results"][number] | undefined,
): void {
  if (result === undefined) throw new RangeError("a settlement has no result");
  if (!("problem" in result)) resolve();
  else {
    const { status, problem } = result;
    reject(errorOfProblem(problem, { status, requestId: problem.requestId, retryAfterMs: null }));
  }
}
