/**
 * Checkpoints: equal roots at equal ops, certificates by quorums of distinct voters, and every
 * block of one that a superblock names readable on that disk. What they free is freed: logs and
 * blocks stay bounded, whoever is down meanwhile.
 */
import { reachableBlocks } from "@quorate/log-format";
import { bytesEqual } from "@quorate/prelude";
import { checkpointFault } from "@quorate/proof";
import { type Checkpoint, checkpointsMax } from "@quorate/protocol";
import { type Replica } from "@quorate/vsr";
import type { SimDisk } from "../disk/sim-disk.ts";
import { Violation } from "./violation.ts";

/** Two intervals are kept for peers; slow disks leave checkpoints out, and certificates wait. */
const logIntervalsMax = 8;
/**
 * Who catches up has a longer log for a while: as many of its ticks, 5 s. And while it caught up in a
 * hurry it left checkpoints out, so that it takes the next one only after as many ops again.
 */
const freedWithinTicks = 500;
/** Of a disk whose flushes take longer a checkpoint takes seconds. */
const flushMicrosOfUse = 100_000;
/** States whose blocks are on a disk before or after a superblock names them. */
const statesUnderWayMax = 2;

/** What a member shows of its disk. */
interface Keeping {
  readonly name: string;
  readonly index: number;
  /** Nobody hears it: it gets no certificate for what it could free. */
  readonly isCutOff: boolean;
  /** What a flush takes now, on average. */
  readonly flushMicros: number;
  readonly disk: Pick<SimDisk, "readBlock" | "scanBlocks" | "slotCount" | "isHarmed">;
}

interface Canonical {
  readonly checkpoint: Checkpoint;
  readonly member: string;
}

export class Checkpoints {
  /** The first checkpoint that was seen at each op. */
  private readonly canonical = new Map<number, Canonical>();
  /** The list looked at last, and the newest op whose blocks were looked at, by member. */
  private readonly seen: (readonly Checkpoint[])[] = [];
  private readonly read: number[] = [];
  /** Since when the log of each member has been too long, by its own ticks, and where it ended then. */
  private readonly longSince: ({ readonly tick: number; readonly head: number } | null)[] = [];
  /** Blocks of the largest state so far. */
  private blocksMax = 0;

  /** A new life counts its ticks from 0. */
  onStart(index: number): void {
    this.longSince[index] = null;
  }

  /** Looks at what the member's superblock names. Throws Violation. */
  onStep(member: Keeping, replica: Replica): void {
    const { checkpoints } = replica;
    if (this.seen[member.index] === checkpoints) return;
    // A write on its way will be the state of the disk; until then nothing is promised.
    if (replica.writing.length > 0) return;
    this.seen[member.index] = checkpoints;
    for (const checkpoint of checkpoints) this.compare(member, checkpoint, replica);
    const newest = checkpoints.at(-1);
    if (newest === undefined || newest.op === this.read[member.index]) return;
    this.read[member.index] = newest.op;
    this.assertReadable(member, newest);
  }

  /** What certified checkpoints have made needless is gone soon, also while somebody is down. */
  assertFreed({ name, index, isCutOff, flushMicros, disk }: Keeping, replica: Replica): void {
    const { log, identity, now } = replica;
    const { checkpointOps, pipelineMax } = identity.admission.config;
    const opsMax = logIntervalsMax * checkpointOps + pipelineMax;
    const head = log.headOp;
    const ops = head - log.base.op;
    const isLong = ops > opsMax && !isCutOff && flushMicros <= flushMicrosOfUse;
    const since = isLong ? (this.longSince[index] ?? { tick: now, head }) : null;
    this.longSince[index] = since;
    if (since !== null && now - since.tick > freedWithinTicks && head - since.head > opsMax) {
      throw new Violation("memory", `log of ${name}: ${ops} ops, more than ${opsMax}`);
    }
    const slotsMax = (checkpointsMax + statesUnderWayMax) * this.blocksMax;
    const { slotCount } = disk;
    if (this.blocksMax > 0 && slotCount > slotsMax) {
      throw new Violation("memory", `${slotCount} blocks on ${name}, more than ${slotsMax}`);
    }
  }

  private compare({ name }: Keeping, checkpoint: Checkpoint, replica: Replica): void {
    const { op, headHash, stateRoot, signatures } = checkpoint;
    const known = this.canonical.get(op);
    if (known === undefined) this.canonical.set(op, { checkpoint, member: name });
    else if (!bytesEqual(known.checkpoint.headHash, headHash)) {
      throw new Violation("checkpoints", `op ${op} ends another log at ${name}: ${known.member}`);
    } else if (!bytesEqual(known.checkpoint.stateRoot, stateRoot)) {
      throw new Violation("checkpoints", `root of ${name} at op ${op} is not ${known.member}'s`);
    }
    const isCertified = signatures.length * 2 > replica.identity.voterCount;
    const fault = isCertified ? checkpointFault(checkpoint, replica.identity.admission) : null;
    if (fault !== null) {
      throw new Violation("checkpoints", `the certificate of ${name} for op ${op} fails: ${fault}`);
    }
    const senders = new Set(signatures.map(({ sender }) => sender));
    const { voterCount } = replica.identity;
    const isDistinct = senders.size === signatures.length;
    if (!isDistinct || [...senders].some((sender) => sender >= voterCount)) {
      throw new Violation("checkpoints", `${name} counts ${[...senders].join()} at op ${op}`);
    }
  }

  /** Blocks are on disk before the superblock that names them, and stay if nothing harms the disk. */
  private assertReadable({ name, disk }: Keeping, { op, stateRoot }: Checkpoint): void {
    const index = disk.scanBlocks();
    const walk = reachableBlocks([stateRoot]);
    let step = walk.next();
    while (step.done !== true) step = walk.next(disk.readBlock(index, step.value));
    const missing = [...(step.value ?? [])].find((digest) => !index.holds(digest));
    if (!disk.isHarmed && (step.value === null || missing !== undefined)) {
      const fault = step.value === null ? "cannot walk" : `lacks block ${missing} of`;
      throw new Violation("checkpoints", `${name} ${fault} op ${op}`);
    }
    this.blocksMax = Math.max(this.blocksMax, step.value?.size ?? 0);
  }
}
