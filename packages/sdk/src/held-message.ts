/** One message from its delivery to its settlement: its lease, its handler, its end. */
import { stringifyJson } from "./json-text.ts";
import type { Message } from "./message.ts";
import { openPromise } from "./open-promise.ts";
import { LeaseLostError, notSent, TimeoutError, UsageError } from "./quorate-error.ts";
import type { Settlement, Settler } from "./settler.ts";
import type { Timers } from "./timers.ts";
import { settlementOf, type Verdict, verdictOf } from "./verdict.ts";
import type { Handler, WorkerSettings } from "./worker-options.ts";

/** What messages are held with. */
export interface Holding<T> {
  readonly settings: WorkerSettings;
  readonly settler: Settler;
  readonly timers: Timers;
  readonly handler: Handler<T>;
}

/** A lease is extended when this part of it has passed: two tries may fail before it ends. */
const extendAfter = 1 / 3;

/** A message under a lease of ours. */
export class HeldMessage<T> {
  readonly message: Message<T>;
  readonly groupId: string | null;
  private readonly leaseId: string;
  private readonly fence: number;
  private readonly holding: Holding<T>;
  private readonly abort = new AbortController();
  private readonly timersOff = new Set<() => void>();
  /** Null until it is known how the message ends; `lost` when nothing is left to be settled. */
  private end: Verdict | "lost" | null = null;
  private readonly ended = openPromise<Verdict | "lost">();
  private cancelSuspicion: () => void = () => {};

  /** Begins to keep the lease. Throws when the message has none. */
  constructor(message: Message<T>, holding: Holding<T>) {
    const { leaseId, fence } = message;
    if (leaseId === null || fence === null) throw new TypeError("a message without a lease");
    this.message = message;
    this.groupId = message.groupId;
    this.leaseId = leaseId;
    this.fence = fence;
    this.holding = holding;
    this.extendLater();
    this.suspectAt(holding.timers.nowMs() + holding.settings.leaseMs);
  }

  /** Calls the handler; resolves with how the message ended. Never rejects. */
  async handle(): Promise<Verdict | "lost"> {
    const { maxProcessingMs } = this.holding.settings;
    if (this.end === null && maxProcessingMs !== null) {
      this.timersOff.add(this.holding.timers.after(maxProcessingMs, () => this.takeTooLong()));
    }
    if (this.end === null) void this.callHandler();
    return await this.ended.promise;
  }

  /** Gives the message back without having handled it, or in the middle of it. */
  release(reason: Error): void {
    this.abort.abort(reason);
    this.finish({ action: "release" });
  }

  private async callHandler(): Promise<void> {
    const { handler } = this.holding;
    const progress = (value: unknown) => this.tell(value);
    const context = { signal: this.abort.signal, fence: this.fence, progress };
    try {
      await handler(this.message, context);
      this.finish({ action: "ack" });
    } catch (thrown) {
      // Who stops because the lease may have ended has not failed at the message.
      this.finish(this.abort.signal.aborted ? { action: "release" } : verdictOf(thrown));
    }
  }

  private finish(end: Verdict | "lost"): void {
    if (this.end !== null) return;
    this.end = end;
    for (const off of this.timersOff) off();
    this.cancelSuspicion();
    if (end !== "lost") void this.settle(settlementOf(this.leaseId, end));
    this.ended.resolve(end);
  }

  private async settle(settlement: Settlement): Promise<void> {
    const { settler, settings } = this.holding;
    try {
      await settler.settle(settlement);
    } catch (error) {
      // A lease that is lost needs no release: what was wanted has come about.
      const isGone = settlement.action === "release" && error instanceof LeaseLostError;
      if (!isGone) settings.onError(error);
    }
  }

  private takeTooLong(): void {
    const { maxProcessingMs } = this.holding.settings;
    const text = `The handler took longer than ${maxProcessingMs} ms.`;
    this.abort.abort(new TimeoutError(text, { ...notSent, code: "processing-timeout" }));
    this.finish({ action: "nack", error: { type: "ProcessingTimeout", message: text } });
  }

  private extendLater(): void {
    const { timers, settings } = this.holding;
    const off = timers.after(settings.leaseMs * extendAfter, () => {
      this.timersOff.delete(off);
      void this.keep();
    });
    this.timersOff.add(off);
  }

  private async keep(): Promise<void> {
    await this.extendOrReport({});
    if (this.end === null) this.extendLater();
  }

  private async extendOrReport(told: { readonly progress?: unknown }): Promise<void> {
    try {
      await this.extend(told);
    } catch (error) {
      // That the lease is lost is known already; for anything else there is a next time.
      if (this.end === null) this.holding.settings.onError(error);
    }
  }

  /**
   * Tells progress. Rejects only when the value has no JSON: a handler need not wait for it, and
   * hears of a lost lease by its signal.
   */
  private async tell(value: unknown): Promise<void> {
    try {
      stringifyJson(value);
    } catch (error) {
      throw new UsageError("the progress has no JSON", "usage", { cause: error });
    }
    await this.extendOrReport({ progress: value });
  }

  /** Moves the lease's end. Rejects with a `QuorateError`; a lease that is lost ends the message. */
  private async extend(told: { readonly progress?: unknown }): Promise<void> {
    const { settler, settings, timers } = this.holding;
    const { leaseMs } = settings;
    const sentMs = timers.nowMs();
    try {
      await settler.settle({ action: "extend", leaseId: this.leaseId, leaseMs, ...told });
      if (this.end === null) this.suspectAt(sentMs + leaseMs);
    } catch (error) {
      if (error instanceof LeaseLostError && this.end === null) {
        this.abort.abort(error);
        this.finish("lost");
      }
      throw error;
    }
  }

  /** From then on the lease may have ended without our hearing of it. */
  private suspectAt(atMs: number): void {
    const { timers } = this.holding;
    this.cancelSuspicion();
    this.cancelSuspicion = timers.after(atMs - timers.nowMs(), () => {
      const text = "The lease could not be extended in time; it may have ended.";
      this.abort.abort(new LeaseLostError(text, { ...notSent, code: "lease-in-doubt" }));
    });
  }
}
