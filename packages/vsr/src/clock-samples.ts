/**
 * The primary measures its clock against the others': rule L4.
 *
 * Each CommitOk carries the backup's clock. Halfway between the heartbeat and its answer that clock
 * stood where this one did, if both are right. The replicated time is the primary's, so one whose
 * clock is apart from the others' must not lead.
 */
import { present } from "@quorate/prelude";
import { quorumOf } from "./quorum.ts";
import type { ActingPrimary, Replica } from "./state.ts";

/** Heartbeats whose time of sending is known; an answer to an older one is no sample. */
const heartbeatsTimedMax = 64;

export interface ClockSample {
  /** How far the member's clock is ahead of this one's, in microseconds. */
  readonly aheadMicros: number;
  /** Tick at which it was taken. */
  readonly at: number;
}

export class ClockSamples {
  /** When each of the newest heartbeats was sent by this replica's clock, in microseconds. */
  private readonly sentMicros = new Map<number, number>();
  private readonly samples = new Map<number, ClockSample>();

  noteSent(heartbeat: number, clockMicros: number): void {
    this.sentMicros.set(heartbeat, clockMicros);
    if (this.sentMicros.size > heartbeatsTimedMax) {
      this.sentMicros.delete(present(this.sentMicros.keys().next().value));
    }
  }

  /** The time between a heartbeat and `clockMicros`; null when it is not remembered. */
  roundTripOf(heartbeat: number, clockMicros: number): number | null {
    const sent = this.sentMicros.get(heartbeat);
    return sent === undefined ? null : clockMicros - sent;
  }

  put(member: number, sample: ClockSample): void {
    this.samples.set(member, sample);
  }

  /** Of the voters whose clocks were read after the tick `since`. */
  aheadMicrosSince(since: number, voterCount: number): number[] {
    return [...this.samples]
      .filter(([member, { at }]) => member < voterCount && at > since)
      .map(([, { aheadMicros }]) => aheadMicros);
  }
}

/** A CommitOk has come: the sender's clock was read while the heartbeat was on its way. */
export function sampleClock(
  replica: Replica,
  acting: ActingPrimary,
  sender: number,
  { nonce, clockMicros }: { readonly nonce: number; readonly clockMicros: number },
): void {
  const roundTrip = acting.clocks.roundTripOf(nonce, replica.clockMicros);
  // The error is half of the round trip at most: a slow one would convict a good clock.
  const isPrecise = roundTrip !== null && roundTrip >= 0 && roundTrip <= toleranceMicros(replica);
  if (!isPrecise) return;
  const aheadMicros = clockMicros - (replica.clockMicros - roundTrip / 2);
  acting.clocks.put(sender, { aheadMicros, at: replica.now });
}

/**
 * How far this primary's clock is from the median of a quorum's, in microseconds; null while it may
 * lead. Of an even number the lower middle counts: when two clocks disagree and nobody else is up,
 * the one that is behind leads, because its entries are refused by nobody.
 *
 * Without the samples of a quorum it may lead: the backups' upper bound stands alone.
 */
export function clockErrorMicros(replica: Replica, acting: ActingPrimary): number | null {
  const { voterCount, options, index } = replica.identity;
  const others = acting.clocks.aheadMicrosSince(replica.now - options.abdicateTicks, voterCount);
  const all = index < voterCount ? [...others, 0] : others;
  if (all.length < quorumOf(voterCount)) return null;
  const sorted = all.toSorted((a, b) => a - b);
  const median = present(sorted[Math.floor((sorted.length - 1) / 2)]);
  return Math.abs(median) > toleranceMicros(replica) ? -median : null;
}

function toleranceMicros(replica: Replica): number {
  return replica.identity.options.skewMicrosMax / 2;
}
