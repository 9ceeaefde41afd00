/**
 * The revocations that this gateway knows. The cluster decides what is revoked; the gateway asks it
 * every few seconds, and refuses by what it has heard.
 *
 * Without news it goes on only for a time: a token that was revoked meanwhile would be taken.
 */
import { ApiError, type RouteScope } from "@quorate/contract";
import type { Sha256 } from "@quorate/prelude";
import { queueLimits, type Revocation, revocationKeyHash, type Revoked } from "@quorate/queue";
import { ask } from "@quorate/rest";
import type { ClusterClient } from "@quorate/session";
import { hold } from "../cluster/cluster-call.ts";
import {
  revocationsAdminStaleMsMax,
  revocationsAnswerMsMax,
  revocationsAskedEveryMs,
  revocationsStaleMsMax,
} from "../limits.ts";
import type { Principal } from "./token.ts";

/** What a principal is looked up by. */
type Revocable = Pick<Principal, "issuer" | "subject" | "jti" | "issuedAtMs">;

/** The revocations, kept as new as the cluster allows. */
export interface RevocationList {
  /** Whether the token that the principal came with is known to be revoked. */
  isRevoked(principal: Revocable): boolean;
  /** Whether what is known is new enough for a route of this scope. */
  isKnown(scope: RouteScope): boolean;
  /** Throws `starting` or `no-quorum` when it is not. */
  assertKnown(scope: RouteScope): void;
  /** Takes over at once what this gateway itself has revoked. */
  learn(revoked: Revoked): void;
  /** Calls back whenever this gateway itself has revoked something. */
  onLearned(listener: () => void): void;
  /** Asks the cluster from now on. Resolves when it has answered, or could not. */
  refresh(): Promise<void>;
  /** Asks again and again until it is stopped. */
  start(): void;
  stop(): void;
}

/** What the list needs. */
export interface RevocationListParts {
  readonly client: ClusterClient;
  readonly sha256: Sha256;
  /** Ms since 1970. */
  readonly nowMs: () => number;
  /** Ms of a clock that never jumps. */
  readonly monotonicMs?: () => number;
}

/** A list that knows nothing yet. */
export function createRevocationList(parts: RevocationListParts): RevocationList {
  const { client, nowMs, monotonicMs = () => performance.now() } = parts;
  const known = createKnown(parts.sha256);
  let confirmedAtMs: number | null = null;
  /** The time at which something was forgotten last. */
  let forgotAtMs = -Infinity;
  let asking: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let unwatch: (() => void) | null = null;
  const listeners: (() => void)[] = [];
  const read = async (): Promise<void> => {
    const askedAtMs = monotonicMs();
    const timeMs = nowMs();
    try {
      // A clock that was ahead has made us forget what is in force: everything is asked for again.
      if (timeMs < forgotAtMs) {
        known.beginAnew();
        forgotAtMs = -Infinity;
      }
      await readNewer(client, known);
      confirmedAtMs = askedAtMs;
      if (known.forget(timeMs)) forgotAtMs = timeMs;
    } catch {
      // What is known stays in force, and grows old: assertKnown tells when it is too old.
    } finally {
      asking = null;
    }
  };
  // A question that is under way may have been put before what the caller has heard of.
  const refresh = (): Promise<void> => {
    if (asking === null) return (asking = read());
    return (next ??= asking.then(() => {
      next = null;
      return refresh();
    }));
  };
  const ageMs = (): number => monotonicMs() - (confirmedAtMs ?? -Infinity);
  const isKnown = (scope: RouteScope): boolean => ageMs() <= staleMsMaxOf(scope);
  return {
    isRevoked: (principal) => known.has(principal),
    isKnown,
    assertKnown(scope) {
      if (isKnown(scope)) return;
      const detail = "The gateway has heard nothing of revoked tokens for too long.";
      const code = confirmedAtMs === null ? "starting" : "no-quorum";
      throw new ApiError(code, { detail, retryAfterMs: revocationsAskedEveryMs });
    },
    learn(revoked) {
      known.add(revoked);
      for (const listener of listeners) listener();
    },
    onLearned: (listener) => void listeners.push(listener),
    refresh,
    start() {
      timer = setInterval(() => void refresh(), revocationsAskedEveryMs);
      // As soon as the cluster serves again: who waits for it should not wait for us.
      unwatch = client.onHealth(({ status }) => {
        if (status === "normal" && ageMs() > isBehindMsMin) void refresh();
      });
      void refresh();
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      unwatch?.();
    },
  };
}

/** News this old, in ms, means that the last question was not answered. */
const isBehindMsMin = 2 * revocationsAskedEveryMs;

/** How old the news may be. The cluster's health is shown always, and to whom the token belongs. */
function staleMsMaxOf(scope: RouteScope): number {
  if (scope === "public" || scope === "any" || scope === "cluster:read") return Infinity;
  const isAdmin = scope === "cluster:admin" || scope === "audit:read";
  return isAdmin ? revocationsAdminStaleMsMax : revocationsStaleMsMax;
}

async function readNewer(client: ClusterClient, known: Known): Promise<void> {
  for (;;) {
    const question = {
      type: "revocations",
      after: known.newest(),
      limit: queueLimits.listRevocationsMax,
    } as const;
    const asked = ask(question, { expects: "revocations" });
    const { answer } = await hold(client, asked, { timeoutMs: revocationsAnswerMsMax });
    for (const revocation of answer.revocations) known.take(revocation);
    if (!answer.more) return;
  }
}

type Known = ReturnType<typeof createKnown>;

function createKnown(sha256: Sha256) {
  const byKey = new Map<string, Revoked | Revocation>();
  let newest = 0;
  const textOf = (key: Uint8Array): string => Buffer.from(key).toString("latin1");
  const add = (revoked: Revoked | Revocation): void => {
    const key = textOf(revoked.key);
    const before = byKey.get(key)?.issuedUntilMs;
    // Nothing that was heard is taken back, whichever of two answers comes first.
    const isEarlier =
      before === null ||
      (before !== undefined && revoked.issuedUntilMs !== null && revoked.issuedUntilMs < before);
    if (!isEarlier) byKey.set(key, revoked);
  };
  const covers = (key: Uint8Array, issuedAtMs: number): boolean => {
    const revoked = byKey.get(textOf(key));
    if (revoked === undefined) return false;
    return revoked.issuedUntilMs === null || issuedAtMs <= revoked.issuedUntilMs;
  };
  return {
    newest: () => newest,
    add,
    take(revocation: Revocation): void {
      add(revocation);
      newest = Math.max(newest, revocation.number);
    },
    has({ issuer, subject: sub, jti, issuedAtMs }: Revocable): boolean {
      if (byKey.size === 0) return false;
      return (
        covers(revocationKeyHash(sha256, { by: "jti", issuer, jti }), issuedAtMs) ||
        covers(revocationKeyHash(sha256, { by: "sub", issuer, sub }), issuedAtMs) ||
        covers(revocationKeyHash(sha256, { by: "issuer", issuer }), issuedAtMs)
      );
    },
    /** What is known stays in force; what was forgotten is news again. */
    beginAnew(): void {
      newest = 0;
    },
    /** Whether there was something to forget. */
    forget(timeMs: number): boolean {
      const before = byKey.size;
      for (const [key, { keptUntilMs }] of byKey) if (keptUntilMs <= timeMs) byKey.delete(key);
      return byKey.size < before;
    },
  };
}
