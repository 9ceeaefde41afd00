/** How a worker works, and what it takes where nothing is said. */
import { dequeueMessagesMax, leaseMsMax, leaseMsMin, waitMsMax } from "@quorate/contract";
import type { Message } from "./message.ts";
import { inRange, refuseUnknown } from "./options.ts";
import { isQuorateError } from "./quorate-error.ts";

/** What a handler gets beside the message. */
export interface WorkerContext {
  /**
   * Aborted when the lease is lost, when it cannot be known to be held any more, when
   * `maxProcessingMs` are over, and when the worker is closed and its time is over; `reason` says
   * which.
   */
  readonly signal: AbortSignal;
  /** Grows with every lease of the cluster: lets what is written to refuse an older holder. */
  readonly fence: number;
  /**
   * Tells how far the work is (JSON of at most 4 KiB), which operators see; extends the lease.
   * Rejects only when the value has no JSON.
   */
  readonly progress: (value: unknown) => Promise<void>;
}

/** Handles a message: to resolve is to ack, to throw is to nack; see also `Reject`, `Release`. */
export type Handler<T> = (message: Message<T>, context: WorkerContext) => unknown;

/** Says how a worker works. */
export interface WorkerOptions {
  /**
   * Messages that are held at once (10; 1 to 1,000), for each begun hundred with a dequeue of its
   * own. Those of a group are handled one by one.
   */
  readonly concurrency?: number | undefined;
  /** Length of leases, in ms (30,000). Extended after each third of it while a message is held. */
  readonly leaseMs?: number | undefined;
  /** A handler that takes longer is given up and its message nacked, in ms; null: never (null). */
  readonly maxProcessingMs?: number | null | undefined;
  /** How long a dequeue waits for messages, in ms (20,000). */
  readonly waitMs?: number | undefined;
  /** Messages of one group in one dequeue (as many as are asked for). */
  readonly maxPerGroup?: number | undefined;
  /** Label that operators see beside the messages that are held. */
  readonly name?: string | undefined;
  /**
   * Hears of what went wrong outside of the handler: no messages could be had, a settlement was not
   * taken. The worker goes on, also when this itself throws or rejects: then the console is told both.
   * A line on the console where nothing is given.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** The options, checked, with every default. */
export interface WorkerSettings {
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly maxProcessingMs: number | null;
  readonly waitMs: number;
  readonly maxPerGroup: number | undefined;
  readonly name: string | undefined;
  /** Never throws. */
  readonly onError: (error: unknown) => void;
}

const concurrencyDefault = 10;

/** More belong into another process. */
const concurrencyMax = 1000;

const leaseMsDefault = 30_000;
const waitMsDefault = 20_000;

/** Timers of the platform cannot wait for longer. */
const processingMsMax = 2 ** 31 - 1;

/** Checks the options. Throws a `UsageError` that names what is wrong. */
export function workerSettingsOf(options: WorkerOptions): WorkerSettings {
  const {
    concurrency = concurrencyDefault,
    leaseMs = leaseMsDefault,
    maxProcessingMs = null,
    waitMs = waitMsDefault,
    maxPerGroup,
    name,
    onError,
    ...unknown
  } = options;
  refuseUnknown(unknown);
  if (maxPerGroup !== undefined) inRange("maxPerGroup", maxPerGroup, 1, dequeueMessagesMax);
  if (maxProcessingMs !== null) inRange("maxProcessingMs", maxProcessingMs, 1, processingMsMax);
  return {
    concurrency: inRange("concurrency", concurrency, 1, concurrencyMax),
    leaseMs: inRange("leaseMs", leaseMs, leaseMsMin, leaseMsMax),
    maxProcessingMs,
    waitMs: inRange("waitMs", waitMs, 0, waitMsMax),
    maxPerGroup,
    name,
    onError: onError === undefined ? tellConsole : (error) => void tell(onError, error),
  };
}

/** Tells the program; that it fails at this does not end the worker that it is told by. */
async function tell(onError: NonNullable<WorkerOptions["onError"]>, error: unknown): Promise<void> {
  try {
    await onError(error);
  } catch (failure) {
    tellConsole(error);
    console.error("quorate worker: onError has failed:", failure);
  }
}

/**
 * What an outage or a wrong token brings comes again and again, and its stack lies within this
 * package: a line tells all. Anything else is a bug, and is shown whole.
 */
function tellConsole(error: unknown): void {
  if (!isQuorateError(error)) return console.error("quorate worker:", error);
  const request = error.requestId === null ? "" : `, request ${error.requestId}`;
  console.error(`quorate worker: ${String(error)}${request}`);
}
