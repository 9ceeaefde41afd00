/**
 * One canonical history: whatever any member executes at an op is what every member executes
 * there, for ever; and equal histories give equal states.
 */
import { bytesEqual, hexEncode } from "@quorate/prelude";
import { asOp } from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

/** State digests are compared at every op that this divides. */
const digestInterval = 32;

interface Canonical {
  readonly hash: Uint8Array;
  readonly member: string;
}

export class CommittedHistory {
  private readonly canonical = new Map<number, Canonical>();
  private readonly digests = new Map<
    number,
    { readonly digest: string; readonly member: string }
  >();
  private readonly executed = new Map<string, number>();
  private readonly digestOf: (member: string) => Uint8Array;

  constructor(digestOf: (member: string) => Uint8Array) {
    this.digestOf = digestOf;
  }

  get length(): number {
    return this.canonical.size;
  }

  /** A member starts again: it executes from its log's beginning. */
  onStart(member: string): void {
    this.executed.set(member, 0);
  }

  onStep(member: string, replica: Replica): void {
    const from = this.executed.get(member) ?? 0;
    for (let op = from + 1; op <= replica.executed; op++) this.compare(member, replica, op);
    this.executed.set(member, replica.executed);
    const isComparable = replica.executed > from && replica.executed % digestInterval === 0;
    if (isComparable) this.compareState(member, replica.executed);
  }

  private compare(member: string, replica: Replica, op: number): void {
    const { hash } = replica.log.positionAt(asOp(op));
    const known = this.canonical.get(op);
    if (known === undefined) {
      this.canonical.set(op, { hash, member });
    } else if (!bytesEqual(known.hash, hash)) {
      throw new Violation("history", `op ${op} of ${member} differs from that of ${known.member}`);
    }
  }

  private compareState(member: string, op: number): void {
    const digest = hexEncode(this.digestOf(member));
    const known = this.digests.get(op);
    if (known === undefined) this.digests.set(op, { digest, member });
    else if (known.digest !== digest) {
      throw new Violation("state", `state of ${member} at op ${op} differs from ${known.member}'s`);
    }
  }
}
