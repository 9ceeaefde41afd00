/** Sends a batch of messages and tells every entry what became of it. */
import type { Batch, Entry, SendBatch } from "./enqueue-lane.ts";
import type { BatchEnqueued } from "./operations.ts";
import { errorOfProblem, isAboutItsText } from "./problem-error.ts";
import { isQuorateError, type QuorateError } from "./quorate-error.ts";
import type { Send } from "./request.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { pause, type Timers } from "./timers.ts";

/** Where batches go, and how patient they are. */
export interface BatchSending {
  readonly queue: string;
  readonly send: Send;
  readonly timers: Timers;
  readonly timeoutMs: number;
  readonly maxRetries: number;
}

/** An entry that was refused although it may be sent again. */
interface Refused {
  readonly entry: Entry;
  readonly error: QuorateError;
}

/** The way of this queue's batches. */
export function batchSender(sending: BatchSending): SendBatch {
  return async (batch) => {
    try {
      if (batch.isAtomic) await sendAtomic(sending, batch);
      else await sendUntilSettled(sending, batch.entries);
    } catch (error) {
      if (!isQuorateError(error)) throw error;
      // Entries that have ended already do not end twice.
      for (const entry of batch.entries) entry.onError(error);
    }
  };
}

/**
 * An entry may be refused although its batch is served, because the queue is full for example.
 * Such entries are sent again, under a new key: the old one would repeat the old answer.
 */
async function sendUntilSettled(sending: BatchSending, entries: readonly Entry[]): Promise<void> {
  const { timers, timeoutMs, maxRetries } = sending;
  const deadlineMs = timers.nowMs() + timeoutMs;
  let left = entries;
  for (let retry = 0; ; retry++) {
    const refused = await sendOnce(sending, left);
    if (refused.length === 0) return;
    const retryAfterMs = refused.reduce(
      (most, { error }) => Math.max(most, error.retryAfterMs ?? 0),
      0,
    );
    const delayMs = retryDelayMs(retry, retryAfterMs, Math.random());
    if (retry >= maxRetries || timers.nowMs() + delayMs >= deadlineMs) {
      for (const { entry, error } of refused) entry.onError(error);
      return;
    }
    await pause(timers, delayMs, null);
    left = refused.map(({ entry }) => entry);
  }
}

/** Sends the entries and ends them, but those that may be sent again. */
async function sendOnce(
  sending: BatchSending,
  entries: readonly Entry[],
): Promise<readonly Refused[]> {
  const [only] = entries;
  if (only !== undefined && entries.length === 1) {
    await sendSingle(sending, only);
    return [];
  }
  const sent = await sendMany(sending, entries, false).catch(refusedForItsText);
  if (sent === null) {
    // Text that no gateway reads costs the calls that it travelled with nothing.
    for (const entry of entries) await sendSingle(sending, entry);
    return [];
  }
  const { body, requestId } = sent;
  const refused: Refused[] = [];
  // An entry must not come after a later one of its group that was stored.
  const stored = new Set<string | null>();
  for (const [index, entry] of [...entries.entries()].toReversed()) {
    const result = body.results[index];
    if (result === undefined) throw new RangeError("an entry has no result");
    if ("problem" in result) {
      const { status, problem } = result;
      const error = errorOfProblem(problem, { status, requestId, retryAfterMs: null });
      const isPassed = entry.groupId !== null && stored.has(entry.groupId);
      if (error.retryable && !isPassed) refused.unshift({ entry, error });
      else entry.onError(error);
    } else {
      stored.add(entry.groupId);
      entry.onResult(resultOf(result, body));
    }
  }
  return refused;
}

/** Null when the request as a whole could not be read; any other failure is thrown on. */
function refusedForItsText(error: unknown): null {
  if (isQuorateError(error) && isAboutItsText(error)) return null;
  throw error;
}

async function sendSingle({ queue, send }: BatchSending, entry: Entry): Promise<void> {
  try {
    const { body } = await send("enqueue", { params: { queue }, bodyText: entry.text });
    // A retry of ours is a duplicate to the gateway, and to the caller it is the message itself.
    entry.onResult({ ...body, duplicate: body.duplicate && entry.hasDedupId });
  } catch (error) {
    if (!isQuorateError(error)) throw error;
    entry.onError(error);
  }
}

async function sendAtomic(sending: BatchSending, { entries }: Batch): Promise<void> {
  const { body } = await sendMany(sending, entries, true);
  for (const [index, entry] of entries.entries()) {
    const result = body.results[index];
    if (result === undefined || "problem" in result) {
      throw new RangeError("an atomic batch was stored, but not all of it");
    }
    entry.onResult(resultOf(result, body));
  }
}

async function sendMany(
  { queue, send }: BatchSending,
  entries: readonly Entry[],
  atomic: boolean,
): Promise<{ readonly body: BatchEnqueued; readonly requestId: string | null }> {
  const messages = entries.map(({ text }) => text).join(",");
  const bodyText = `{"messages":[${messages}]${atomic ? ',"atomic":true' : ""}}`;
  const { body, headers } = await send("enqueueBatch", { params: { queue }, bodyText });
  return { body, requestId: headers.get("x-request-id") };
}

type Stored = Exclude<BatchEnqueued["results"][number], { readonly problem: unknown }>;

function resultOf({ messageId, seq, duplicate }: Stored, { enqueuedAt, coord }: BatchEnqueued) {
  return { messageId, seq, duplicate, enqueuedAt: duplicate ? null : enqueuedAt, coord };
}
