/** Browser sessions, in the memory of this gateway: after a restart people log in again. */
import { randomBytes } from "node:crypto";
import { sessionIdleMsMax, sessionMsMax, sessionsMax } from "../limits.ts";
import type { Principal } from "../trust/token.ts";

/** Begins, finds and ends sessions. */
export interface SessionStore {
  /** A new session of the principal; answers its id of 256 random bits. */
  begin(principal: Principal): { readonly sessionId: string; readonly principal: Principal };
  /** The principal of a session that is still alive; using it keeps it from idling out. */
  find(sessionId: string): Principal | null;
  /** Whether the session is alive; asking does not keep it from idling out. */
  isAlive(sessionId: string): boolean;
  /** Ends the session, if there is one. */
  end(sessionId: string): void;
}

interface Session {
  readonly principal: Principal;
  usedAtMs: number;
}

/** A store that reads time from `nowMs` (ms since 1970). */
export function createSessionStore(nowMs: () => number): SessionStore {
  const sessions = new Map<string, Session>();
  const alive = (sessionId: string): Session | null => {
    const session = sessions.get(sessionId);
    if (session === undefined) return null;
    const endsAtMs = Math.min(session.principal.expiresAtMs, session.usedAtMs + sessionIdleMsMax);
    if (endsAtMs > nowMs()) return session;
    sessions.delete(sessionId);
    return null;
  };
  return {
    begin(principal) {
      const [oldest] = sessions.size < sessionsMax ? [] : sessions.keys();
      if (oldest !== undefined) sessions.delete(oldest);
      const sessionId = randomBytes(32).toString("base64url");
      // A session ends with its token, or earlier.
      const expiresAtMs = Math.min(principal.expiresAtMs, nowMs() + sessionMsMax);
      const limited = { ...principal, expiresAtMs };
      sessions.set(sessionId, { principal: limited, usedAtMs: nowMs() });
      return { sessionId, principal: limited };
    },
    isAlive: (sessionId) => alive(sessionId) !== null,
    find(sessionId) {
      const session = alive(sessionId);
      if (session === null) return null;
      session.usedAtMs = nowMs();
      return session.principal;
    },
    end(sessionId) {
      sessions.delete(sessionId);
    },
  };
}
