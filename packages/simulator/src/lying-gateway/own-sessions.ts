/** The sessions that the lying gateway has got: most of its lies need one. */
import { hexEncode, type Prng } from "@quorate/prelude";
import { type Note, type SessionId } from "@quorate/protocol";

/** Sessions that it remembers: more than a client table holds. */
const openMax = 300;

export interface OwnSession {
  readonly id: SessionId;
  /** The highest request number that it has used. */
  number: number;
}

export class OwnSessions {
  readonly open: OwnSession[] = [];
  private readonly waiting = new Set<string>();

  /** Whether this process waits for the session of a nonce. */
  expect(nonce: Uint8Array): void {
    this.waiting.add(hexEncode(nonce));
  }

  pick(prng: Prng): OwnSession | null {
    return this.open.length === 0 ? null : prng.pick(this.open);
  }

  /** It has used a number. After the highest there is no other. */
  onUsed(session: OwnSession, number: number): void {
    session.number = Math.max(session.number, number);
    if (number < Number.MAX_SAFE_INTEGER) return;
    this.open.splice(this.open.indexOf(session), 1);
  }

  onNote(note: Note): void {
    if (note.note !== "registered" || !this.waiting.delete(hexEncode(note.nonce))) return;
    this.open.push({ id: note.session, number: 0 });
    if (this.open.length > openMax) this.open.shift();
  }
}

/** How the account names a session. */
export function sessionText({ op, index }: SessionId): string {
  return `${op}.${index}`;
}
