import { newestErrorTypeOf } from "./annex.ts";
import { findMessage } from "./find-message.ts";
import { linkField } from "./message-links.ts";
import { groupField } from "./group-record.ts";
import { type DeadReason, deadReasonOf, messageField } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { RedriveFilter } from "./redrive-filter.ts";
import type { QueueState } from "./state.ts";

/** Dead letters by the numbers of their deaths: ascending, from the first up to before the end. */
export interface DeathSpan {
  readonly first: number;
  readonly end: number;
  /** Only these, ascending; null: all. */
  readonly only: readonly number[] | null;
  /** Only those that died for this; null: all. */
  readonly reason: DeadReason | null;
}

/** Where the dead letters are that can be meant: all that are dead now, or those with these ids. */
export function spanOf(state: QueueState, queue: Queue, filter: RedriveFilter): DeathSpan {
  const only = filter.ids === null ? null : deathsOf(state, queue, filter);
  const { fromMs, toMs, reason } = filter;
  return {
    first: fromMs === null ? 1 : deathsBefore(state, queue, fromMs),
    end: toMs === null ? queue.nextDeath : deathsBefore(state, queue, toMs + 1),
    only,
    reason,
  };
}

/** The next dead letter of the span, from this number of death on: its number, or -1. */
export function nextDeath(queue: Queue, { end, only, reason }: DeathSpan, from: number): number {
  if (only !== null) {
    return only.find((death) => death >= from && queue.deaths.get(death) !== 0) ?? -1;
  }
  const death = queue.deaths.from(from, reason);
  return death < end ? death : -1;
}

/** Whether the dead letter is meant. Its id is not looked at: the span has those alone. */
export function isMeant(state: QueueState, message: number, filter: RedriveFilter): boolean {
  const { messages, groups } = state;
  const { reason, groupHash, errorType, fromMs, toMs } = filter;
  const diedAtMs = Math.floor(messages.f64(message, messageField.since) / 1_000);
  if (fromMs !== null && diedAtMs < fromMs) return false;
  if (toMs !== null && diedAtMs > toMs) return false;
  const why = deadReasonOf(messages.u8(message, messageField.ends));
  if (reason !== null && why !== reason) return false;
  const group = messages.u32(message, messageField.group);
  const isOfGroup =
    groupHash === null ||
    (group !== 0 && groups.records.hasBytes(group, groupField.key, groupHash));
  if (!isOfGroup) return false;
  return errorType === null || newestErrorTypeOf(state, message) === errorType;
}

/** How many are meant, of at most as many as may be looked at. */
export interface DeadCount {
  readonly matched: number;
  /** Where to count on; null at the end. */
  readonly next: number | null;
}

/**
 * Counts the dead letters that are meant, from this number of death on: all of them at once where
 * their reasons and times decide, else of at most `max` that are looked at.
 */
export function countMeant(
  state: QueueState,
  queue: Queue,
  filter: RedriveFilter,
  { span, from, max }: { readonly span: DeathSpan; readonly from: number; readonly max: number },
): DeadCount {
  if (span.only === null && filter.groupHash === null && filter.errorType === null) {
    return { matched: queue.deaths.countIn(from, span.end, span.reason), next: null };
  }
  let matched = 0;
  let next = nextDeath(queue, span, from);
  for (let looked = 0; next >= 0 && looked < max; looked++) {
    if (isMeant(state, queue.deaths.get(next), filter)) matched += 1;
    next = nextDeath(queue, span, next + 1);
  }
  return { matched, next: next < 0 ? null : next };
}

function deathsOf(state: QueueState, queue: Queue, { ids }: RedriveFilter): readonly number[] {
  const deaths = (ids ?? []).map((key) => {
    const message = findMessage(state, queue, key);
    return message === 0 ? 0 : state.links.u48(message, linkField.death);
  });
  return [...new Set(deaths)]
    .filter((death) => death > 0 && queue.deaths.get(death) !== 0)
    .toSorted((left, right) => left - right);
}

// The number of the first death at this time or later: they are in the order of their times.
function deathsBefore(state: QueueState, queue: Queue, atMs: number): number {
  const since = (message: number): number => state.messages.f64(message, messageField.since);
  const first = queue.deaths.search((message) => since(message) < atMs * 1_000);
  return first < 0 ? queue.nextDeath : first;
}
