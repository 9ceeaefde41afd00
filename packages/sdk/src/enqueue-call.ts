/** A call that stores messages, from its arguments to its results. */
import type { EnqueueResult } from "./enqueue-result.ts";
import type { Batch, Entry } from "./enqueue-lane.ts";
import { messageText, type NewMessage } from "./message.ts";
import { AbortedError, notSent, type Outcome } from "./quorate-error.ts";

/** What is to be stored, and how. */
export interface EnqueueCall {
  readonly messages: readonly NewMessage<unknown>[];
  /** All or none, in a request of their own. */
  readonly isAtomic: boolean;
  readonly signal: AbortSignal | null;
}

/** Where batches are put; see `EnqueueLane.add`. */
export type AddBatch = (batch: Batch) => () => boolean;

/** Stores the messages; resolves when all are stored. Rejects with the first one's error. */
export function enqueueThrough(
  add: AddBatch,
  call: EnqueueCall,
): Promise<readonly EnqueueResult[]> {
  const { messages, isAtomic, signal } = call;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(aborted(signal, "not-executed"));
      return;
    }
    const results = new Map<number, EnqueueResult>();
    const entryOf = (message: NewMessage<unknown>, index: number): Entry => ({
      text: messageText(message),
      groupId: message.groupId ?? null,
      hasDedupId: message.dedupId !== undefined,
      onResult(result) {
        results.set(index, result);
        if (results.size < messages.length) return;
        stopListening();
        resolve([...results].toSorted(([left], [right]) => left - right).map(([, each]) => each));
      },
      onError(error) {
        stopListening();
        reject(error);
      },
    });
    const onAbort = () => {
      if (signal !== null) reject(aborted(signal, takeBack() ? "not-executed" : "unknown"));
    };
    const stopListening = () => signal?.removeEventListener("abort", onAbort);
    const entries = messages.map(entryOf);
    signal?.addEventListener("abort", onAbort, { once: true });
    // What is refused at once has ended before this returns.
    const takeBack = add({ entries, isAtomic });
  });
}

function aborted({ reason }: AbortSignal, outcome: Outcome): AbortedError {
  const facts = { ...notSent, code: "aborted", outcome } as const;
  return new AbortedError("The call was aborted.", facts, { cause: reason });
}
