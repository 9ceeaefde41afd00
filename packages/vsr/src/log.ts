/** The log: VRR §4, as a chain of headers with the state of each body on this disk. */
import { assert, bytesEqual, present } from "@quorate/prelude";
import {
  asOp,
  type EntryHeader,
  type HeaderWithState,
  type LogBase,
  type LogPosition,
  type Op,
  opAfter,
} from "@quorate/protocol";

/**
 * `appending`: handed to the journal, promised to nobody. `present`: on disk. `corrupt`: was on
 * disk and cannot be read; never the same as absent (rule S10).
 */
export type SlotState = "appending" | "present" | "corrupt";

export interface Slot {
  readonly header: EntryHeader;
  readonly hash: Uint8Array;
  state: SlotState;
}

/**
 * Slots of the ops above the base, to the head; everything through the base is in a checkpoint.
 * Invariant: the parent of each slot is the hash of the one before it, of the first the base's, and
 * `appending` slots are only at the end.
 */
export class Log {
  private bottom: LogBase;
  private slots: Slot[] = [];
  /** Grows with every cut, so that a late completion of a cut append is recognised. */
  private cuts = 0;
  /** Last op up to which every slot is present. */
  private stored: Op;

  constructor(base: LogBase) {
    this.bottom = base;
    this.stored = base.op;
  }

  get base(): LogBase {
    return this.bottom;
  }

  get head(): LogPosition {
    return this.positionAt(this.headOp);
  }

  get headOp(): Op {
    return opAfter(this.bottom.op, this.slots.length);
  }

  /** Newest op up to which all is on disk and readable: what may be acknowledged and executed. */
  get storedOp(): Op {
    return this.stored;
  }

  /** Newest entry that is on disk, readable or not: what a superblock names as the end of the log. */
  get settledHead(): LogPosition {
    let op = this.headOp;
    while (this.slotAt(op)?.state === "appending") op = asOp(op - 1);
    return this.positionAt(op);
  }

  get generation(): number {
    return this.cuts;
  }

  /** The slot at an op above the base, to the head; null outside. */
  slotAt(op: number): Slot | null {
    return this.slots[op - this.bottom.op - 1] ?? null;
  }

  /** Throws AssertionError above the head and below the base. */
  positionAt(op: Op): LogPosition {
    if (op === this.bottom.op) return { op, hash: this.bottom.hash };
    return { op, hash: present(this.slotAt(op)).hash };
  }

  /** Whether the position is the base or in the log. Below the base nothing is known. */
  holds(position: LogPosition): boolean {
    if (position.op === this.bottom.op) return bytesEqual(position.hash, this.bottom.hash);
    const slot = this.slotAt(position.op);
    return slot !== null && bytesEqual(slot.hash, position.hash);
  }

  push(header: EntryHeader, hash: Uint8Array, state: SlotState): void {
    assert(header.op === this.headOp + 1, "the log has no gaps");
    assert(bytesEqual(header.parent, this.head.hash), "the log is a chain");
    this.slots.push({ header: ownedCopy(header), hash, state });
    this.advanceStored();
  }

  /** The journal has everything through `op` that was pushed in this generation. */
  markStored(op: Op): void {
    for (let next = this.stored + 1; next <= op; next++) {
      const slot = this.slotAt(next);
      if (slot !== null && slot.state === "appending") slot.state = "present";
    }
    this.advanceStored();
  }

  /** The body of a corrupt slot has been written again. */
  markRepaired(position: LogPosition): void {
    const slot = this.slotAt(position.op);
    if (slot === null || !bytesEqual(slot.hash, position.hash)) return;
    slot.state = "present";
    this.advanceStored();
  }

  markCorrupt(op: Op): void {
    present(this.slotAt(op)).state = "corrupt";
    this.stored = asOp(Math.min(this.stored, op - 1));
  }

  /** Drops every slot above `op`. */
  cutAbove(op: Op): void {
    this.cuts += 1;
    if (op >= this.headOp) return;
    assert(op >= this.bottom.op, "what a checkpoint holds is not cut");
    this.slots.length = op - this.bottom.op;
    this.stored = asOp(Math.min(this.stored, op));
  }

  /** Drops what no disk has confirmed: it was promised to nobody. */
  cutAppending(): void {
    this.cutAbove(this.settledHead.op);
  }

  /** Positions of corrupt slots through `op`, oldest first. */
  corruptThrough(op: Op): LogPosition[] {
    const positions: LogPosition[] = [];
    for (let next = this.stored + 1; next <= op; next++) {
      if (this.slotAt(next)?.state === "corrupt") positions.push(this.positionAt(asOp(next)));
    }
    return positions;
  }

  /** What the base is when everything through `op`, which is in the log, is forgotten. */
  baseAt(op: Op): LogBase {
    if (op === this.bottom.op) return this.bottom;
    const { header, hash } = present(this.slotAt(op), "a base is in the log");
    return { op, hash, timestampMicros: header.timestampMicros };
  }

  /** Forgets everything through `op`, rotten or not: a checkpoint holds it now. */
  freeThrough(op: Op): void {
    const base = this.baseAt(op);
    assert(this.slotAt(op)?.state !== "appending", "what is freed is on disk");
    this.slots = this.slots.slice(op - this.bottom.op);
    this.bottom = base;
    this.stored = asOp(Math.max(this.stored, op));
    this.advanceStored();
  }

  /** Begins anew above a checkpoint that was fetched: nothing of the old log remains. */
  restartAbove(base: LogBase): void {
    this.cuts += 1;
    this.slots = [];
    this.bottom = base;
    this.stored = base.op;
  }

  /** The last `count` headers with their states, oldest first: what a DoViewChange says. */
  tail(count: number): HeaderWithState[] {
    return this.slots.slice(-count).map(({ header, state }) => {
      assert(state !== "appending", "unstored entries are cut before they are spoken of");
      return { header, state };
    });
  }

  timestampOfHead(): number {
    return this.slotAt(this.headOp)?.header.timestampMicros ?? this.bottom.timestampMicros;
  }

  /** Newest op such that every entry above `op` to it is on disk and readable. */
  readableAbove(op: Op): Op {
    let last = op;
    while (this.slotAt(last + 1)?.state === "present") last = opAfter(last);
    return last;
  }

  private advanceStored(): void {
    while (this.slotAt(this.stored + 1)?.state === "present") this.stored = opAfter(this.stored);
  }
}

/** Headers outlive the frames that brought them: a slice would hold the whole frame. */
function ownedCopy(header: EntryHeader): EntryHeader {
  const { parent, requestsDigest } = header;
  return { ...header, parent: parent.slice(), requestsDigest: requestsDigest.slice() };
}
