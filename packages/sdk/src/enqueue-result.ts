/** What becomes of a message that is sent. */
import type { Coord, MessageId, Time } from "./operations.ts";
import type { QuorateError } from "./quorate-error.ts";

/** The message is stored: a quorum has it on disk. */
export interface EnqueueResult {
  readonly messageId: MessageId;
  /** Position in the queue. */
  readonly seq: number;
  /**
   * Whether its `dedupId` was known: then these are the ids of the first one, which an earlier
   * attempt of the same call may have stored. Never true without a `dedupId`.
   */
  readonly duplicate: boolean;
  /** Null for a duplicate that travelled in a batch, whose answer has only one time. */
  readonly enqueuedAt: Time | null;
  readonly coord: Coord;
}

/** What became of one message of several. */
export type EntryResult =
  | ({ readonly ok: true } & EnqueueResult)
  | { readonly ok: false; readonly error: QuorateError };
