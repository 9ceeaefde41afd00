/**
 * One VSR client session: VRR §4.1 with registration through the log (rule A4).
 *
 * It has one request in flight. What was handed out is repeated, byte for byte, until somebody
 * answers; nothing else can tell whether it was executed.
 */
import { bytesEqual } from "@quorate/prelude";
import {
  asRequestNumber,
  type Message,
  type NoteOf,
  type RequestNumber,
  type SessionId,
} from "@quorate/protocol";
import type { Call } from "./waiting-calls.ts";

interface InFlight {
  readonly statement: Uint8Array;
  readonly calls: readonly Call[];
  readonly begunMs: number;
  /** How often it was handed to a replica. */
  sends: number;
  sentMs: number;
  sentTo: number;
}

export interface SessionPorts {
  /** Signs a message of this gateway. */
  sign(message: Message): Uint8Array;
  /** False when the link is down and nothing was sent. */
  send(member: number, packet: Uint8Array): boolean;
  randomBytes(length: number): Uint8Array;
  nowMs(): number;
}

export class VsrSession {
  private readonly ports: SessionPorts;
  private nonce: Uint8Array;
  private id: SessionId | null = null;
  private number: RequestNumber = asRequestNumber(0);
  private inFlight: InFlight | null = null;
  private registerSentMs = -Infinity;

  constructor(ports: SessionPorts) {
    this.ports = ports;
    this.nonce = ports.randomBytes(16);
  }

  get isIdle(): boolean {
    return this.id !== null && this.inFlight === null;
  }

  /** When its request was handed out first; null when none is in flight. */
  get busySinceMs(): number | null {
    return this.inFlight?.begunMs ?? null;
  }

  /** Calls whose request has been handed out and not answered. */
  get calls(): readonly Call[] {
    return this.inFlight?.calls ?? [];
  }

  /** Calls that have no answer in time, each once. Their request is repeated until it has one. */
  giveUp(nowMs: number): readonly Call[] {
    const late = this.calls.filter((call) => !call.isGivenUp && nowMs >= call.deadlineMs);
    for (const call of late) call.isGivenUp = true;
    return late;
  }

  /** Hands out a request. Only an idle session has room for one. */
  request(calls: readonly Call[], primary: number): void {
    if (this.id === null) return;
    this.number = asRequestNumber(this.number + 1);
    const operations = calls.map((call) => call.operation);
    const statement = this.ports.sign({
      command: "request",
      session: this.id,
      number: this.number,
      operations,
    });
    const begunMs = this.ports.nowMs();
    this.inFlight = { statement, calls, begunMs, sends: 0, sentMs: -Infinity, sentTo: primary };
    this.send(this.inFlight, primary);
  }

  /** Registers, or repeats what has no answer, when it is time or the primary is another. */
  repeat(primary: number, resendMs: number): void {
    const nowMs = this.ports.nowMs();
    if (this.id === null) {
      if (nowMs - this.registerSentMs < resendMs) return;
      this.registerSentMs = nowMs;
      this.ports.send(primary, this.ports.sign({ command: "register", nonce: this.nonce }));
      return;
    }
    const { inFlight } = this;
    if (inFlight === null) return;
    const isDue = nowMs - inFlight.sentMs >= resendMs || inFlight.sentTo !== primary;
    if (isDue) this.send(inFlight, primary);
  }

  /** The primary is another now, or has come back: what is repeated need not wait. */
  hurry(): void {
    this.registerSentMs = -Infinity;
    if (this.inFlight !== null) this.inFlight.sentMs = -Infinity;
  }

  onRegistered(note: NoteOf<"registered">): boolean {
    if (this.id !== null || !bytesEqual(note.nonce, this.nonce)) return false;
    this.id = note.session;
    return true;
  }

  /** The calls that the reply answers, in order; null when it is not for this session's request. */
  onReply(note: NoteOf<"reply">): readonly Call[] | null {
    if (!this.owns(note.session) || note.number !== this.number || this.inFlight === null) {
      return null;
    }
    const { calls } = this.inFlight;
    this.inFlight = null;
    return calls;
  }

  /**
   * The primary refused the request. That is the end of it only if nobody else was ever given it;
   * then the number is free again.
   */
  onOverloaded(note: NoteOf<"overloaded">): readonly Call[] {
    const { inFlight } = this;
    if (!this.owns(note.session) || note.number !== this.number || inFlight === null) return [];
    if (inFlight.sends > 1) return [];
    this.inFlight = null;
    this.number = asRequestNumber(this.number - 1);
    return inFlight.calls;
  }

  /** The session is gone: its request may or may not have been executed. */
  onEvicted(note: NoteOf<"evicted">): readonly Call[] {
    if (!this.owns(note.session)) return [];
    const calls = this.calls;
    this.id = null;
    this.inFlight = null;
    this.number = asRequestNumber(0);
    this.nonce = this.ports.randomBytes(16);
    this.registerSentMs = -Infinity;
    return calls;
  }

  private send(inFlight: InFlight, primary: number): void {
    inFlight.sentTo = primary;
    inFlight.sentMs = this.ports.nowMs();
    if (this.ports.send(primary, inFlight.statement)) inFlight.sends += 1;
  }

  private owns(session: SessionId): boolean {
    return this.id !== null && this.id.op === session.op && this.id.index === session.index;
  }
}
