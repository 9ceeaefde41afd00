/**
 * How often a principal may call, and a queue be called: off unless configured. Counted by this
 * gateway alone, or by all gateways together in Redis.
 *
 * The headers are those of draft-ietf-httpapi-ratelimit-headers.
 */
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { ApiError, isQueueName } from "@quorate/contract";
import type { Count, Counter } from "./rate-counter.ts";
import type { Principal } from "../trust/token.ts";

/** A limit: so many calls in each window. */
export interface RateLimit {
  readonly requests: number;
  /** 1 to 60. */
  readonly windowSeconds: number;
}

/** Counts a call, or refuses it. */
export interface RateLimits {
  /**
   * Puts what is left into the answer's headers. Throws or rejects `rate-limited`; null when
   * nothing is limited.
   */
  enter(caller: Principal, queue: string | null, response: ServerResponse): Promise<void> | null;
}

/** What is limited: null is unlimited. */
export interface RateLimited {
  readonly principal: RateLimit | null;
  readonly queue: RateLimit | null;
}

/** What makes the counter of a limit. */
export interface CounterMaker {
  counterOf(name: string, limit: RateLimit): Counter;
}

interface Limited {
  readonly name: "principal" | "queue";
  readonly limit: RateLimit;
  readonly counter: Counter;
}

/** The limits; without one nothing is counted. */
export function createRateLimits(
  { principal, queue }: RateLimited,
  counters: CounterMaker,
): RateLimits {
  const limited = (name: Limited["name"], limit: RateLimit | null): Limited | null =>
    limit === null ? null : { name, limit, counter: counters.counterOf(name, limit) };
  const ofPrincipal = limited("principal", principal);
  const ofQueue = limited("queue", queue);
  if (ofPrincipal === null && ofQueue === null) return { enter: () => null };
  const enter = async (keys: readonly (readonly [Limited, string])[], response: ServerResponse) => {
    const seen: (readonly [Limited, Count])[] = [];
    for (const [each, key] of keys) {
      const count = await each.counter(key);
      seen.push([each, count]);
      putHeaders(response, seen);
      if (!count.isWithin) throw refused(each, count);
    }
  };
  return {
    enter(caller, name, response) {
      const keys: (readonly [Limited, string])[] = [];
      if (ofPrincipal !== null) keys.push([ofPrincipal, hidden(caller.id)]);
      // A name that no queue can have is refused anyway, and must not fill the counter.
      if (ofQueue !== null && name !== null && isQueueName(name)) keys.push([ofQueue, name]);
      return keys.length === 0 ? null : enter(keys, response);
    },
  };
}

/** Who calls is nobody else's business, also not Redis's. */
function hidden(principalId: string): string {
  return createHash("sha256").update(principalId).digest("base64url").slice(0, 22);
}

function putHeaders(response: ServerResponse, seen: readonly (readonly [Limited, Count])[]): void {
  const policies = seen.map(([{ name, limit }]) => {
    return `"${name}";q=${limit.requests};w=${limit.windowSeconds}`;
  });
  const left = seen.map(([{ name }, { remaining, resetMs }]) => {
    return `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`;
  });
  response.setHeader("RateLimit-Policy", policies.join(", "));
  response.setHeader("RateLimit", left.join(", "));
}

function refused({ name, limit }: Limited, { resetMs }: Count): ApiError {
  const seconds = limit.windowSeconds === 1 ? "second" : `${limit.windowSeconds} seconds`;
  return new ApiError("rate-limited", {
    detail: `The limit is ${limit.requests} requests per ${name} in each ${seconds}.`,
    limit: name === "principal" ? "requestsPerPrincipal" : "requestsPerQueue",
    max: limit.requests,
    retryAfterMs: resetMs,
  });
}
