/**
 * The client table: VRR §4.1, with sessions that are registered through the log (rule A4).
 *
 * It holds committed requests only, is changed by execution alone, on every replica alike, and is
 * bounded: when it is full a session makes room, of the gateway that has most.
 */
import { bytesEqual, hexEncode } from "@quorate/prelude";
import {
  keptResultsBytesMax,
  type Op,
  type RequestNumber,
  type SessionId,
  sessionsMax,
} from "@quorate/protocol";

export interface Session {
  readonly id: SessionId;
  /** Index of the gateway that owns it. */
  readonly gateway: number;
  readonly nonce: Uint8Array;
  /** Newest executed request; 0 after registration. */
  number: RequestNumber;
  /** Digest of that request's body: an equal number with another digest is refused. */
  digest: Uint8Array;
  /** Its outcomes, kept so that a retry gets the same; none when all took too many bytes. */
  results: readonly Uint8Array[];
  /** The op that executed it; the smallest is idle for longest. */
  lastOp: Op;
}

export const sessionKey = (id: SessionId): string => `${id.op}.${id.index}`;

export class ClientTable {
  private readonly sessions = new Map<string, Session>();
  private readonly byNonce = new Map<string, Session>();
  /** Bytes of the outcomes of all sessions. */
  private resultBytes = 0;

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
    this.resultBytes += bytesOf(session.results);
    return session;
  }

  /** Holds these sessions and no others: what a checkpoint says. */
  replace(sessions: readonly Session[]): void {
    this.sessions.clear();
    this.byNonce.clear();
    this.resultBytes = 0;
    for (const session of sessions) this.register(session);
  }

  /**
   * Keeps the outcomes of a session's newest request. When all take too many bytes, the gateway
   * whose take most forgets those of its idlest sessions: a retry is still told from a new request,
   * and gets an answer without outcomes.
   */
  keepResults(session: Session, results: readonly Uint8Array[]): void {
    this.resultBytes += bytesOf(results) - bytesOf(session.results);
    session.results = results;
    while (this.resultBytes > keptResultsBytesMax) {
      const idlest = this.idlestOfLargest(session);
      this.resultBytes -= bytesOf(idlest.results);
      idlest.results = [];
    }
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
    this.resultBytes -= bytesOf(idlest.results);
  }

  /** Of the gateway whose outcomes take most bytes, the session that is idle for longest. */
  private idlestOfLargest(newest: Session): Session {
    const others = this.sorted().filter((each) => each !== newest && each.results.length > 0);
    const bytes = new Map<number, number>();
    for (const { gateway, results } of others) {
      bytes.set(gateway, (bytes.get(gateway) ?? 0) + bytesOf(results));
    }
    const most = Math.max(...bytes.values());
    const largest = others.filter(({ gateway }) => bytes.get(gateway) === most);
    return largest.reduce((idlest, each) => (each.lastOp < idlest.lastOp ? each : idlest));
  }
}

function bytesOf(results: readonly Uint8Array[]): number {
  return results.reduce((sum, { length }) => sum + length, 0);
}

/** Whether this is the request that the session executed last, byte for byte. */
export function isLastRequest(session: Session, number: number, digest: Uint8Array): boolean {
  return session.number === number && bytesEqual(session.digest, digest);
}

/** Names a registration by its gateway and nonce. */
export function registrationKey(gateway: number, nonce: Uint8Array): string {
  return `${gateway}.${hexEncode(nonce)}`;
}
