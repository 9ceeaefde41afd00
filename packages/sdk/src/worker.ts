/** A worker: receives messages, hands them to a handler, and settles them by how it ends. */
import { dequeueMessagesMax } from "@quorate/contract";
import { GroupLines } from "./group-lines.ts";
import { HeldMessage, type Holding } from "./held-message.ts";
import { Inbox } from "./inbox.ts";
import type { Message } from "./message.ts";
import { openPromise } from "./open-promise.ts";
import type { QueueClient } from "./queue-client.ts";
import { isQuorateError, UsageError } from "./quorate-error.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { Settler } from "./settler.ts";
import { pause, type Timers } from "./timers.ts";
import type { Handler, WorkerSettings } from "./worker-options.ts";

/** What a worker is made of. */
export interface WorkerParts<T> {
  readonly queue: QueueClient<T>;
  readonly handler: Handler<T>;
  readonly settings: WorkerSettings;
  readonly timers: Timers;
}

/** How a worker is closed. */
export interface CloseOptions {
  /** How long handlers that run may take yet, in ms (30,000); then their messages are released. */
  readonly timeoutMs?: number | undefined;
}

const closeTimeoutMsDefault = 30_000;

/** Settlements without an answer beyond which nothing more is received. */
const settlementsPendingMax = 1000;

/** How long a settlement is tried, in ms: an outage does not use up leases, so it may yet count. */
const settlePatienceMs = 5 * 60_000;

/**
 * How long settlements are tried when the handlers have ended or been left, in ms: time for a second
 * gateway after one that is silent.
 */
const lastSettlementsMs = 30_000;

/** Longer than this, in ms, nobody's word keeps a worker from asking again. */
const restMsMax = 60_000;

/** An answer without messages that comes sooner has not waited for any, in ms. */
const emptyAnswerMsMin = 100;

/** See the file's comment. Works from when it is made until it is closed. */
export class Worker<T> {
  private readonly settings: WorkerSettings;
  private readonly timers: Timers;
  private readonly holding: Holding<T>;
  /** One for each dequeue that may be under way. */
  private readonly inboxes: readonly Inbox<T>[];
  private readonly settler: Settler;
  private readonly lines = new GroupLines<HeldMessage<T>>();
  private readonly held = new Set<HeldMessage<T>>();
  private readonly stopReceiving = new AbortController();
  private readonly stopSettling = new AbortController();
  private readonly loops: Promise<unknown>;
  /** Messages that dequeues under way have asked for. */
  private askedFor = 0;
  private changed = openPromise<void>();
  private closing: Promise<void> | null = null;

  /** Made by `QueueClient.worker`. */
  constructor({ queue, handler, settings, timers }: WorkerParts<T>) {
    // A program without types may have forgotten it: every message would fail, and die of it.
    if (typeof handler !== "function") throw new UsageError("a worker needs a handler");
    this.settings = settings;
    this.timers = timers;
    const patience = { timeoutMs: settlePatienceMs, maxRetries: 1000 } as const;
    const { signal } = this.stopSettling;
    this.settler = new Settler(
      (batch) => queue.settle(batch, { ...patience, signal }),
      timers,
      () => this.noteChange(),
    );
    this.holding = { settings, settler: this.settler, timers, handler };
    const length = Math.ceil(settings.concurrency / dequeueMessagesMax);
    this.inboxes = Array.from({ length }, () => new Inbox(queue, settings));
    this.loops = Promise.all(this.inboxes.map((inbox) => this.receiveUntilClosed(inbox)));
  }

  /** How many messages are held now, handled or waiting for their group. */
  get heldCount(): number {
    return this.held.size;
  }

  /**
   * Receives nothing more, gives back what has not been begun, waits for the handlers that run,
   * releases what they have not finished in time, and settles. Never rejects; a second call waits
   * for the first.
   */
  close({ timeoutMs = closeTimeoutMsDefault }: CloseOptions = {}): Promise<void> {
    this.closing ??= this.shutDown(timeoutMs);
    return this.closing;
  }

  /** Closes the worker at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async receiveUntilClosed(inbox: Inbox<T>): Promise<void> {
    const { signal } = this.stopReceiving;
    for (let failures = 0; !signal.aborted;) {
      const max = inbox.asking ?? Math.min(this.room(), dequeueMessagesMax);
      if (max <= 0) {
        await this.changed.promise;
        continue;
      }
      const askedMs = this.timers.nowMs();
      try {
        const count = await this.receive(inbox, max);
        const isSoon = this.timers.nowMs() - askedMs < emptyAnswerMsMin;
        failures = count === 0 && isSoon ? failures + 1 : 0;
        if (failures > 0) await this.rest(failures, null);
      } catch (error) {
        if (signal.aborted) return;
        this.settings.onError(error);
        failures += 1;
        await this.rest(failures, error);
      }
    }
  }

  /** Takes what a dequeue brings, and answers how much that was. */
  private async receive(inbox: Inbox<T>, max: number): Promise<number> {
    if (inbox.asking === null) this.askedFor += max;
    try {
      const messages = await inbox.receive(max, this.stopReceiving.signal);
      for (const message of messages) this.take(message);
      // What was asked for in vain is room for the other dequeues.
      if (messages.length < max) this.noteChange();
      return messages.length;
    } finally {
      // Of a dequeue whose answer is not known all may have been taken: its room is kept for it.
      if (inbox.asking === null) this.askedFor -= max;
    }
  }

  /** Waits longer after each failure in a row; not at all when the worker is closed meanwhile. */
  private async rest(failures: number, error: unknown): Promise<void> {
    const { signal } = this.stopReceiving;
    const retryAfterMs = isQuorateError(error) ? error.retryAfterMs : null;
    const delayMs = Math.min(retryDelayMs(failures, retryAfterMs, Math.random()), restMsMax);
    await pause(this.timers, delayMs, signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
    });
  }

  /** How many more messages may be held. */
  private room(): number {
    if (this.settler.pendingCount >= settlementsPendingMax) return 0;
    return this.settings.concurrency - this.held.size - this.askedFor;
  }

  /** Something has happened that may make room: whoever waits for it looks again. */
  private noteChange(): void {
    const { resolve } = this.changed;
    this.changed = openPromise();
    resolve();
  }

  private take(message: Message<T>): void {
    const held = new HeldMessage(message, this.holding);
    this.held.add(held);
    if (this.lines.enter(held)) void this.handle(held);
  }

  private async handle(held: HeldMessage<T>): Promise<void> {
    const end = await held.handle();
    this.held.delete(held);
    if (end !== "lost" && end.action === "ack") {
      const next = this.lines.next(held);
      if (next !== null) void this.handle(next);
    } else {
      // It comes again, or is dead; in both cases what is behind it must not be ahead of it now.
      const reason = new UsageError("An earlier message of the group was not finished.");
      this.letGo(this.lines.takeBehind(held), reason);
    }
    this.noteChange();
  }

  private letGo(some: Iterable<HeldMessage<T>>, reason: Error): void {
    for (const held of some) {
      held.release(reason);
      this.held.delete(held);
    }
  }

  private async shutDown(timeoutMs: number): Promise<void> {
    const reason = new UsageError("The worker is closed.", "closed");
    this.stopReceiving.abort(reason);
    this.noteChange();
    this.letGo(this.lines.takeAll(), reason);
    const gaveBack = this.giveBack();
    await this.unlessAfter(timeoutMs, Promise.all([gaveBack, this.finished()]));
    this.letGo([...this.held], reason);
    await this.unlessAfter(lastSettlementsMs, Promise.all([gaveBack, this.settler.drain()]));
    // Nobody is asked any more by a worker that is closed.
    this.stopSettling.abort(reason);
  }

  /** Gives back what dequeues have taken whose answers nobody has read. */
  private async giveBack(): Promise<void> {
    await this.loops;
    const { signal } = this.stopSettling;
    const { onError } = this.settings;
    await Promise.all(this.inboxes.map((inbox) => inbox.giveBack(signal).catch(onError)));
  }

  /** Resolves when nothing is received any more and every handler has ended. */
  private async finished(): Promise<void> {
    await this.loops;
    while (this.held.size > 0) await this.changed.promise;
  }

  /** Waits for the end, but no longer than this, in ms. */
  private async unlessAfter(ms: number, end: Promise<unknown>): Promise<void> {
    const overdue = openPromise<void>();
    const cancel = this.timers.after(ms, overdue.resolve);
    await Promise.race([end, overdue.promise]);
    cancel();
  }
}
