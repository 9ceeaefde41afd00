/**
 * How often somebody may connect: so many times a second for each address, and for all strangers
 * together. An address that has proved a key once does not share with strangers any more, so those
 * at other addresses cannot keep a peer from coming back.
 */
import type { Clock } from "@quorate/ports";
import {
  connectionsAtOnceMax,
  connectionsPerSecondMax,
  peerAddressesMax,
  strangerAddressesMax,
  strangersAtOnceMax,
  strangersPerSecondMax,
} from "./limits.ts";

/** A token bucket: so many at once, refilled with so many a second. */
class Bucket {
  private tokens: number;
  private filledAtMs: number;
  private readonly atOnce: number;
  private readonly perSecond: number;

  constructor(atOnce: number, perSecond: number, nowMs: number) {
    this.atOnce = atOnce;
    this.perSecond = perSecond;
    this.tokens = atOnce;
    this.filledAtMs = nowMs;
  }

  take(nowMs: number): boolean {
    const filled = this.tokens + ((nowMs - this.filledAtMs) / 1_000) * this.perSecond;
    this.tokens = Math.min(filled, this.atOnce);
    this.filledAtMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}

/** Counts connections by the address that they come from. */
export class ArrivalBudget {
  private readonly clock: Clock;
  private readonly peers = new Map<string, Bucket>();
  private readonly strangers = new Map<string, Bucket>();
  private readonly allStrangers: Bucket;

  constructor(clock: Clock) {
    this.clock = clock;
    const nowMs = clock.monotonicMs();
    this.allStrangers = new Bucket(strangersAtOnceMax, strangersPerSecondMax, nowMs);
  }

  /** Whether one more connection of this address is within its budget, from which it is taken. */
  take(address: string): boolean {
    const nowMs = this.clock.monotonicMs();
    const peer = this.peers.get(address);
    if (peer !== undefined) return peer.take(nowMs);
    const stranger = this.strangers.get(address) ?? newBucket(nowMs);
    putBounded(this.strangers, address, stranger, strangerAddressesMax);
    return stranger.take(nowMs) && this.allStrangers.take(nowMs);
  }

  /** A hello from this address was verified. */
  prove(address: string): void {
    const known = this.peers.get(address) ?? this.strangers.get(address);
    this.strangers.delete(address);
    const bucket = known ?? newBucket(this.clock.monotonicMs());
    putBounded(this.peers, address, bucket, peerAddressesMax);
  }
}

function newBucket(nowMs: number): Bucket {
  return new Bucket(connectionsAtOnceMax, connectionsPerSecondMax, nowMs);
}

/** Puts an entry last; the first makes room. */
function putBounded(
  buckets: Map<string, Bucket>,
  address: string,
  bucket: Bucket,
  sizeMax: number,
): void {
  buckets.delete(address);
  buckets.set(address, bucket);
  if (buckets.size <= sizeMax) return;
  for (const oldest of buckets.keys()) {
    buckets.delete(oldest);
    return;
  }
}
