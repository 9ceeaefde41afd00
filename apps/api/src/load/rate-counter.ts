/** Counting calls in windows: in this gateway's memory, or for all gateways in Redis. */
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { RateLimit } from "./rate-limits.ts";
import type { RedisLink } from "../redis/redis-link.ts";

/** What became of one call. */
export interface Count {
  readonly isWithin: boolean;
  /** Calls that are left in this window. */
  readonly remaining: number;
  /** When the next window begins, in ms from now. */
  readonly resetMs: number;
}

/** Counts one call of this key. Never rejects. */
export type Counter = (key: string) => Promise<Count>;

/** A counter in this gateway's memory. */
export function memoryCounter({ requests, windowSeconds }: RateLimit): Counter {
  const limiter = new RateLimiterMemory({ points: requests, duration: windowSeconds });
  return async (key) => {
    const answer: unknown = await limiter.consume(key).catch((refusal: unknown) => refusal);
    if (!(answer instanceof RateLimiterRes)) throw new Error("no count", { cause: answer });
    return countOf(answer, requests);
  };
}

function countOf({ consumedPoints, msBeforeNext }: RateLimiterRes, requests: number): Count {
  return {
    isWithin: consumedPoints <= requests,
    remaining: Math.max(0, requests - consumedPoints),
    resetMs: msBeforeNext,
  };
}

/** What a counter of all gateways needs. */
export interface SharedCounterParts {
  readonly link: RedisLink;
  readonly keyPrefix: string;
  /** How many gateways share the limit: without Redis each takes its part. */
  readonly gateways: number;
}

/**
 * A counter of all gateways. When Redis is away, slow, or says what cannot be, this gateway counts
 * alone, up to its part of the limit.
 */
export function sharedCounter(
  limit: RateLimit,
  { link, keyPrefix, gateways }: SharedCounterParts,
): Counter {
  const part = Math.max(1, Math.floor(limit.requests / gateways));
  const alone = memoryCounter({ ...limit, requests: part });
  const limiter = new RateLimiterRedis({
    storeClient: link.client,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix,
    points: limit.requests,
    duration: limit.windowSeconds,
  });
  const together = async (key: string): Promise<Count | null> => {
    const counted = limiter.consume(key).catch((refusal: unknown) => refusal);
    const answer = await soon(counted, link.answerMsMax);
    if (answer instanceof RateLimiterRes && isPlausible(answer, limit)) {
      return countOf(answer, limit.requests);
    }
    if (answer === tooLate) link.doubt();
    // Somebody else wrote there; the next window is counted from nothing.
    else if (link.isUsable()) link.client.del(`${keyPrefix}:${key}`).catch(() => {});
    return null;
  };
  return async (key) => (link.isUsable() ? await together(key) : null) ?? alone(key);
}

/** Whether our own counting can have led to it. */
function isPlausible(
  { consumedPoints, msBeforeNext }: RateLimiterRes,
  { windowSeconds }: RateLimit,
): boolean {
  const isCount = Number.isSafeInteger(consumedPoints) && consumedPoints > 0;
  return isCount && msBeforeNext >= 0 && msBeforeNext <= windowSeconds * 1000;
}

const tooLate = Symbol("too late");

/** What it comes to, or `tooLate`. */
function soon(answer: Promise<unknown>, waitMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(tooLate);
    }, waitMs);
    void answer.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
