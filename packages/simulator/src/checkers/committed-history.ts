/**
 * One canonical history: whatever any member executes at an op is what every member executes
 * there, for ever, with the same outcomes; and equal histories give equal states.
 */
import { bytesEqual, hexEncode } from "@quorate/prelude";
import { asOp } from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

/** Digests of whole states are compared at every op that this divides. */
const digestInterval = 512;

interface Canonical {
  readonly hash: Uint8Array;
  /** Null when the entry was freed before anybody looked. */
  readonly timestampMicros: number | null;
  /** Digest of what the op's operations answered. */
  readonly outcomes: number;
  readonly member: string;
}

/** What a member shows of itself. */
export interface Executing {
  readonly name: string;
  readonly index: number;
  /** Digest of the outcomes of an op that it has just executed. */
  outcomesOf(op: number): number;
  stateDigest(): Uint8Array;
}

export class CommittedHistory {
  /** By op; nothing at 0. */
  private readonly canonical: Canonical[] = [];
  private readonly states = new Map<number, { readonly digest: string; readonly member: string }>();
  /** Newest op compared, by member. */
  private readonly compared: number[] = [];

  /** Ops that somebody has executed. */
  get length(): number {
    return Math.max(0, this.canonical.length - 1);
  }

  /** A member starts again: it executes from its log's beginning. */
  onStart(index: number): void {
    this.compared[index] = 0;
  }

  onStep(member: Executing, replica: Replica): void {
    // What a checkpoint brought was not executed by this member; its root was signed instead.
    const from = Math.max(this.compared[member.index] ?? 0, replica.loadedOp);
    if (replica.executed <= from) return;
    for (let op = from + 1; op <= replica.executed; op++) this.compare(member, replica, op);
    this.compared[member.index] = replica.executed;
    if (replica.executed % digestInterval === 0) this.compareState(member, replica.executed);
  }

  /** Members that have executed the same are in the same state. */
  compareState(member: Executing, op: number): void {
    const digest = hexEncode(member.stateDigest());
    const known = this.states.get(op);
    if (known === undefined) this.states.set(op, { digest, member: member.name });
    else if (known.digest !== digest) {
      throw new Violation(
        "state",
        `state of ${member.name} at op ${op} differs from ${known.member}'s`,
      );
    }
  }

  private compare(member: Executing, replica: Replica, op: number): void {
    const { hash } = replica.log.positionAt(asOp(op));
    const outcomes = member.outcomesOf(op);
    const known = this.canonical[op];
    if (known === undefined) {
      const timestampMicros = replica.log.slotAt(op)?.header.timestampMicros ?? null;
      this.canonical[op] = { hash, outcomes, timestampMicros, member: member.name };
      this.compareTime(op);
    } else if (!bytesEqual(known.hash, hash)) {
      throw new Violation(
        "history",
        `op ${op} of ${member.name} differs from that of ${known.member}`,
      );
    } else if (known.outcomes !== outcomes) {
      throw new Violation(
        "state",
        `op ${op} answered ${member.name} other outcomes than ${known.member}`,
      );
    }
  }

  /** The replicated time goes on with every op (VRR §4.4). */
  private compareTime(op: number): void {
    const before = this.canonical[op - 1]?.timestampMicros ?? null;
    const now = this.canonical[op]?.timestampMicros ?? null;
    if (before === null || now === null || before < now) return;
    throw new Violation("time", `op ${op} is of ${now}, the op before it of ${before}`);
  }
}
