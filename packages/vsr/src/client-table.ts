/**
 * The client table: VRR §4.1, with sessions that are registered through the log (rule A4).
 *
 * It holds committed requests only, is changed by execution alone, on every replica alike, and is
 * bounded: when it is full a session makes room, of the gateway that has most.
 */
import { bytesEqual, hexEncode } from "@quorate/prelude";
import { type Op, type RequestNumber, type SessionId, sessionsMax } from "@quorate/protocol";

export interface Session {
  readonly id: SessionId;
  /** Index of the gateway that owns it. */
  readonly gateway: number;
  readonly nonce: Uint8Array;
  /** Newest executed request; 0 after registration. */
  number: RequestNumber;
  /** Digest of that request's body: an equal number with another digest is refused. */
  digest: Uint8Array;
  /** Its outcomes, kept so that a retry gets the same. */
  results: readonly Uint8Array[];
  /** The op that executed it; the smallest is idle for longest. */
  lastOp: Op;
}

export const sessionKey = (id: SessionId): string => `${id.op}.${id.index}`;

export class ClientTable {
  private readonly sessions = new Map<string, Session>();
  private readonly byNonce = new Map<string, Session>();

  get size(): number {
    return this.sessions.size;
  }

  find(id: SessionId): Session | null {
    return this.sessions.get(sessionKey(id)) ?? null;
  }

  findByNonce(gateway: number, nonce: Uint8Array): Session | null {
    return this.byNonce.get(registrationKey(gateway, nonce)) ?? null;
  }

  /** Adds a session, or returns the one that this nonce registered before. */
  register(session: Session): Session {
    const key = registrationKey(session.gateway, session.nonce);
    const known = this.byNonce.get(key);
    if (known !== undefined) return known;
    if (this.sessions.size >= sessionsMax) this.makeRoom(session.gateway);
    this.sessions.set(sessionKey(session.id), session);
    this.byNonce.set(key, session);
    return session;
  }

  /** Holds these sessions and no others: what a checkpoint says. */
  replace(sessions: readonly Session[]): void {
    this.sessions.clear();
    this.byNonce.clear();
    for (const session of sessions) this.register(session);
  }

  /** Sessions in the order of their ids: canonical, for digests. */
  sorted(): Session[] {
    return [...this.sessions.values()].toSorted(
      (a, b) => a.id.op - b.id.op || a.id.index - b.id.index,
    );
  }

  /**
   * The gateway with most sessions, the new one counted, gives up the one that is idle for longest.
   * So whoever registers without end evicts its own, and never what is another's fair share.
   */
  private makeRoom(newcomer: number): void {
    const counts = new Map([[newcomer, 1]]);
    for (const { gateway } of this.sessions.values()) {
      counts.set(gateway, (counts.get(gateway) ?? 0) + 1);
    }
    const most = Math.max(...counts.values());
    const isNewcomers = counts.get(newcomer) === most;
    const mayGo = ({ gateway }: Session): boolean =>
      isNewcomers ? gateway === newcomer : counts.get(gateway) === most;
    let idlest: Session | null = null;
    for (const session of this.sorted()) {
      if (!mayGo(session)) continue;
      if (idlest === null || session.lastOp < idlest.lastOp) idlest = session;
    }
    if (idlest === null) return;
    this.sessions.delete(sessionKey(idlest.id));
    this.byNonce.delete(registrationKey(idlest.gateway, idlest.nonce));
  }
}

/** Whether this is the request that the session executed last, byte for byte. */
export function isLastRequest(session: Session, number: number, digest: Uint8Array): boolean {
  return session.number === number && bytesEqual(session.digest, digest);
}

/** Names a registration by its gateway and nonce. */
export function registrationKey(gateway: number, nonce: Uint8Array): string {
  return `${gateway}.${hexEncode(nonce)}`;
}
