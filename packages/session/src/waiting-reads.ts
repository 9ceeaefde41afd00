/** Reads that wait for an answer; repeated to whoever leads until their deadline. */
import { encodeNote, type NoteOf } from "@quorate/protocol";
import type { Consistency, Executed } from "./cluster-client.ts";

export interface Read {
  readonly question: Uint8Array;
  readonly consistency: Consistency;
  readonly arrivedMs: number;
  readonly deadlineMs: number;
  isWanted: boolean;
  sentMs: number;
  sentTo: number;
  resolve(executed: Executed): void;
  reject(error: Error): void;
}

/** Reads under way at once; more are refused as overloaded. */
const readsMax = 20_000;

export class WaitingReads {
  private readonly reads = new Map<number, Read>();
  private nextId: number;

  /**
   * A member may still owe an answer to a former process of this gateway, and gives it to the new
   * one: their ids must not meet. So they are counted from the wall clock's microseconds at its start.
   */
  constructor(startedMicros: number) {
    this.nextId = Math.floor(startedMicros);
  }

  /** False when there is no room. */
  add(read: Read): boolean {
    if (this.reads.size >= readsMax) return false;
    this.reads.set(this.nextId++, read);
    return true;
  }

  /** Sends what is due: never sent, unanswered for too long, or given to another member. */
  send(
    memberFor: (consistency: Consistency) => number | null,
    resendMs: number,
    nowMs: number,
    send: (member: number, packet: Uint8Array) => void,
  ): void {
    for (const [readId, read] of this.reads) {
      const member = memberFor(read.consistency);
      if (member === null) continue;
      if (member === read.sentTo && nowMs - read.sentMs < resendMs) continue;
      read.sentTo = member;
      read.sentMs = nowMs;
      const { consistency, question } = read;
      send(member, encodeNote({ note: "readRequest", readId, consistency, question }));
    }
  }

  /** A null answer means: not me. The read is sent again with the next look. */
  onReply(note: NoteOf<"readReply">): void {
    const read = this.reads.get(note.readId);
    if (read === undefined) return;
    if (note.answer === null) {
      read.sentTo = -1;
      return;
    }
    this.reads.delete(note.readId);
    const coord = { epoch: note.epoch, view: note.view, op: note.op };
    read.resolve({ bytes: note.answer, coord });
  }

  /** Removes and returns the reads for which `isDone` holds. */
  remove(isDone: (read: Read) => boolean): Read[] {
    const removed: Read[] = [];
    for (const [readId, read] of this.reads) {
      if (!isDone(read)) continue;
      this.reads.delete(readId);
      removed.push(read);
    }
    return removed;
  }
}
