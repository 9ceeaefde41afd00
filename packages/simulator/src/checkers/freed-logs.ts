/**
 * What is freed from a log is in a checkpoint that more than half of the members have had on disk
 * (VRR §5.1): by less, the only copy of a committed entry may be gone.
 */
import type { Checkpoint, Superblock } from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

/** What a member shows of its disk. */
interface Freeing {
  readonly name: string;
  readonly index: number;
  /** The newest superblock that is on its disk for certain. */
  readonly durable: Superblock | null;
}

export class FreedLogs {
  /** By op: the members whose disks have named a checkpoint there. */
  private readonly holders = new Map<number, Set<number>>();
  /** The list looked at last, and the base, by member. */
  private readonly seen: (readonly Checkpoint[])[] = [];
  private readonly bases: number[] = [];

  /** Throws Violation. */
  onStep({ name, index, durable }: Freeing, { log, identity }: Replica): void {
    const checkpoints = durable?.checkpoints ?? [];
    if (this.seen[index] !== checkpoints) {
      this.seen[index] = checkpoints;
      for (const { op } of checkpoints) this.holdersOf(op).add(index);
    }
    const { op } = log.base;
    if (op === 0 || op === this.bases[index]) return;
    this.bases[index] = op;
    const { size } = this.holdersOf(op);
    if (size * 2 > identity.voterCount) return;
    throw new Violation("freed logs", `${name} freed its log to ${op}; ${size} have that state`);
  }

  private holdersOf(op: number): Set<number> {
    const known = this.holders.get(op) ?? new Set();
    this.holders.set(op, known);
    return known;
  }
}
