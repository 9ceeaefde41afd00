/**
 * What must hold in every scenario, checked whenever a member of a rig has done anything: one
 * committed history, nothing promised before it is durable, one DoViewChange for each view.
 */
import { assert, bytesEqual, hexEncode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import { EvidenceWatch } from "@quorate/proof";
import {
  asOp,
  type Command,
  decodeStatementHeader,
  statementOverheadBytes,
} from "@quorate/protocol";
import type { Replica } from "../state.ts";
import { messageIn, type Packet } from "./in-flight.ts";
import type { RigDisk } from "./rig-disk.ts";

export class RigWatch {
  private readonly committed = new Map<number, string>();
  private readonly executed = new Map<number, number>();
  private readonly doViewChanges = new Map<string, string>();
  /** Of all that was ever sent, over every restart: what a member carries was sent by its signer. */
  private readonly evidence = new EvidenceWatch({
    sha256,
    incarnationOf: () => 0,
    open: () => null,
    isGood: () => true,
    isFounded: () => true,
  });

  /** A member starts again, and executes from the beginning. */
  onStart(index: number): void {
    this.executed.set(index, 0);
  }

  /** Every replica executes the same entry at the same op. */
  onStep(index: number, replica: Replica): void {
    // What a checkpoint brought was not executed here.
    const before = Math.max(this.executed.get(index) ?? 0, replica.loadedOp);
    for (let op = before + 1; op <= replica.executed; op++) {
      const hash = hexEncode(replica.log.positionAt(asOp(op)).hash);
      const known = this.committed.get(op);
      assert(known === undefined || known === hash, `op ${op} was committed as another entry`);
      this.committed.set(op, hash);
    }
    this.executed.set(index, replica.executed);
  }

  onSend(packet: Packet, disk: RigDisk): void {
    if (promises.has(packet.command)) checkPromise(packet, disk);
    if (packet.command === "prepareOk") checkPrepareOk(packet, disk);
    if (packet.command === "doViewChange") this.checkDoViewChange(packet, disk);
    if (packet.command === "checkpoint") checkCheckpoint(packet, disk);
    if (packet.command === "startView") {
      assert(disk.superblock.lastNormalView === packet.view, "S2: StartView follows its write");
    }
    this.checkEvidence(packet);
  }

  /** No honest member signs what contradicts what it has signed before, in any life. */
  private checkEvidence({ bytes, message }: Packet): void {
    const header = decodeStatementHeader(bytes);
    const statement = bytes.subarray(0, statementOverheadBytes + header.bodyBytes);
    for (const { claim } of this.evidence.observe({ header, message, statement })) {
      // States that differ blame nobody; some scenarios make a member compute wrongly.
      assert(claim.member === null, `guard: ${claim.member} is convicted of ${claim.kind}`);
    }
  }

  /** Rule A2, and VRR §8.2: the view is durable before its DoViewChange leaves. */
  private checkDoViewChange(packet: Packet, disk: RigDisk): void {
    assert(disk.superblock.view >= packet.view, "the view is durable before its DoViewChange");
    const key = `${packet.from} in view ${packet.view}`;
    const bytes = hexEncode(packet.bytes);
    const known = this.doViewChanges.get(key);
    assert(known === undefined || known === bytes, `A2: one DoViewChange of ${key}`);
    this.doViewChanges.set(key, bytes);
  }
}

const promises: ReadonlySet<Command> = new Set([
  "startViewChange",
  "doViewChange",
  "startView",
  "prepare",
  "prepareOk",
]);

/** Rule S11: nothing while the disk is lost, and then nothing below the bar but the vote for it. */
function checkPromise({ command, view }: Packet, { superblock }: RigDisk): void {
  assert(!superblock.isDiskLost, `S11: a lost disk sends no ${command}`);
  assert(view >= superblock.barredView, `S11: a barred replica sends no ${command}`);
}

/** Rule A7: a Checkpoint promises that its blocks are on this disk, and that they are named. */
function checkCheckpoint(packet: Packet, { superblock }: RigDisk): void {
  const { op, stateRoot } = messageIn(packet, "checkpoint");
  const isNamed = superblock.checkpoints.some((each) => {
    return each.op === op && bytesEqual(each.stateRoot, stateRoot);
  });
  assert(isNamed, `A7: the checkpoint at op ${op} is on disk before its signature`);
}

/** A PrepareOk promises that its entry and the view are on this disk. */
function checkPrepareOk(packet: Packet, disk: RigDisk): void {
  const { headerHash, op } = messageIn(packet, "prepareOk");
  const isInCheckpoint = op <= disk.superblock.base.op;
  assert(isInCheckpoint || disk.hasStored(headerHash), `op ${op} is on disk before its PrepareOk`);
  assert(disk.superblock.lastNormalView === packet.view, "S2: the last normal view is on disk");
  assert(!disk.superblock.isHeadUncertain, "S5: an uncertain head acknowledges nothing");
}
