/**
 * What a member says is on its disk before it leaves: the promises that others build on. Looked at
 * as the bytes leave, so a promise that came too early is found though nothing came of it. What it
 * acknowledged it shows in every later DoViewChange, and holds while it is normal in that view.
 */
import { bytesEqual } from "@quorate/prelude";
import {
  type Command,
  decodeBody,
  decodeStatementHeader,
  type LogPosition,
  type MessageOf,
  splitPacket,
  type StatementHeader,
  statementMark,
  type Superblock,
} from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";
import { ViewLogs } from "./view-logs.ts";
import { Violation } from "./violation.ts";

/** What a member shows of its disk. */
export interface Promising {
  readonly name: string;
  readonly index: number;
  /** Its disk, which may have lost what was written to it. */
  readonly disk: { readonly isHarmed: boolean };
  /** The newest superblock that is on its disk for certain. */
  readonly durable: Superblock | null;
  /** Whether the entry has been written to its disk and flushed. */
  isOnDisk(position: LogPosition): boolean;
}

/** Rule S11: from the view of its readmission to the first in which it may promise again. */
const barredViews = 2;

/** The newest op that a member has acknowledged, in its newest view. */
interface Acknowledged {
  readonly view: number;
  readonly op: number;
}

export class Promises {
  private readonly acknowledged: Acknowledged[] = [];
  private readonly viewLogs = new ViewLogs();
  /** By member whose disk was lost: the first view in which it may promise, for all its lives. */
  private readonly bars: number[] = [];
  /** The DoViewChange that each member sent last: by view always the same bytes (rule A2). */
  private readonly changes: { readonly view: number; readonly statement: Uint8Array }[] = [];
  /** The certificate looked at last, by member. */
  private readonly seen: unknown[] = [];

  /** A packet leaves the member's core. Throws Violation. */
  onSend(member: Promising, packet: Uint8Array): void {
    if (packet[0] !== statementMark) return;
    const header = decodeStatementHeader(packet);
    const { durable } = member;
    const view = durable?.view ?? 0;
    const { command } = header;
    if (promises.has(command)) {
      broken(member, header, mayPromise(durable, header));
      this.assertNotBarred(member, header);
    }
    if (command === "startViewChange") return broken(member, header, view >= header.view - 1);
    if (isOfNormal.has(command)) {
      broken(member, header, (durable?.lastNormalView ?? 0) === header.view);
    }
    if (command === "doViewChange") broken(member, header, view === header.view);
    if (!promises.has(command) && command !== "checkpoint") return;
    const message = decodeBody(command, splitPacket(packet, header.bodyBytes).body);
    if (message.command === "startView") this.viewLogs.onStartView(header, message);
    if (message.command === "checkpoint") broken(member, header, isNamed(durable, message));
    if (message.command === "prepareOk") this.onPrepareOk(member, header, message);
    if (message.command !== "doViewChange") return;
    this.compareLog(member, message);
    this.compareChange(member, header, packet);
  }

  private onPrepareOk(
    member: Promising,
    header: StatementHeader,
    { op, headerHash: hash }: MessageOf<"prepareOk">,
  ): void {
    const moved = this.changes[member.index]?.view ?? 0;
    if (header.view < moved) {
      const what = `acknowledges in view ${header.view} after its DoViewChange of ${moved}`;
      throw new Violation("promises", `${member.name} ${what}`);
    }
    broken(member, header, member.durable?.view === header.view && holds(member, { op, hash }));
    this.noteAcknowledged(member.index, header.view, op);
  }

  /** A primary counts its own entries, which it acknowledges to itself alone. */
  onStep(member: Promising, replica: Replica): void {
    this.noteReadmitted(member.index, replica);
    this.assertHeld(member, replica);
    const certificate = replica.acting?.certificate ?? null;
    if (certificate === null || this.seen[member.index] === certificate) return;
    this.seen[member.index] = certificate;
    if (certificate.signatures.every(({ sender }) => sender !== member.index)) return;
    if (holds(member, { op: certificate.op, hash: certificate.headerHash })) {
      return this.noteAcknowledged(member.index, certificate.view, certificate.op);
    }
    throw new Violation("promises", `${member.name} counts op ${certificate.op} before its flush`);
  }

  private assertNotBarred({ name, index }: Promising, { command, view }: StatementHeader): void {
    const bar = this.bars[index] ?? 0;
    if (view >= bar) return;
    throw new Violation(
      "promises",
      `${name} sends ${command} of view ${view}, barred until ${bar}`,
    );
  }

  private noteReadmitted(member: number, { isDiskLost, view }: Replica): void {
    if (isDiskLost) this.bars[member] = Infinity;
    else if (this.bars[member] === Infinity) this.bars[member] = view + barredViews;
  }

  private noteAcknowledged(member: number, view: number, op: number): void {
    const known = this.acknowledged[member];
    if (known === undefined || isBehind(known, { view, op })) {
      this.acknowledged[member] = { view, op };
    }
  }

  private assertHeld({ name, index }: Promising, replica: Replica): void {
    const known = this.acknowledged[index];
    const { status, lastNormalView: view, log } = replica;
    if (known === undefined || status !== "normal" || view !== known.view) return;
    if (!isBehind({ view, op: log.headOp }, known)) return;
    const what = `is normal in view ${view} with ops up to ${log.headOp}`;
    throw new Violation("promises", `${name} ${what}, and acknowledged ${known.op} in it`);
  }

  /** A DoViewChange hides nothing that was acknowledged, and its entries are on the disk. */
  private compareLog(member: Promising, change: MessageOf<"doViewChange">): void {
    const { name, index, disk } = member;
    const { lastNormalView: view, head, headers } = change;
    this.viewLogs.onDoViewChange(name, change);
    const known = this.acknowledged[index];
    if (known !== undefined && isBehind({ view, op: head.op }, known)) {
      const shown = `shows a log of view ${view} that ends at op ${head.op}`;
      const what = `${shown}, and acknowledged op ${known.op} in view ${known.view}`;
      throw new Violation("promises", `${name} ${what}`);
    }
    if (!disk.isHarmed && headers.some(({ state }) => state === "corrupt")) {
      throw new Violation("promises", `${name} shows entries whose bodies it never had`);
    }
  }

  private compareChange(member: Promising, header: StatementHeader, packet: Uint8Array): void {
    const known = this.changes[member.index];
    if (known !== undefined && header.view < known.view) {
      const what = `a DoViewChange of view ${header.view} after that of ${known.view}`;
      throw new Violation("promises", `${member.name} sends ${what}`);
    }
    if (known?.view === header.view && !bytesEqual(known.statement, packet)) {
      const what = `two different DoViewChange of view ${header.view}`;
      throw new Violation("promises", `${member.name} sends ${what}`);
    }
    this.changes[member.index] = { view: header.view, statement: packet };
  }
}

const promises: ReadonlySet<Command> = new Set([
  "startViewChange",
  "doViewChange",
  "startView",
  "prepareOk",
]);

/** Said by those alone that are normal in the view. */
const isOfNormal: ReadonlySet<Command> = new Set(["startView", "commitOk", "prepareOk"]);

/** Rule S11: a lost disk promises nothing, and later nothing below the view that its bar names. */
function mayPromise(durable: Superblock | null, { view }: StatementHeader): boolean {
  return durable === null || (!durable.isDiskLost && view >= durable.barredView);
}

function isBehind(left: Acknowledged, right: Acknowledged): boolean {
  return left.view < right.view || (left.view === right.view && left.op < right.op);
}

/** Rule A7: the superblock names the checkpoint, so all of its blocks are on the disk. */
function isNamed(durable: Superblock | null, { op, stateRoot }: MessageOf<"checkpoint">): boolean {
  const named = durable?.checkpoints.find((checkpoint) => checkpoint.op === op);
  return named !== undefined && bytesEqual(named.stateRoot, stateRoot);
}

/** What a checkpoint holds may have been freed. */
function holds(member: Promising, position: LogPosition): boolean {
  return position.op <= (member.durable?.base.op ?? 0) || member.isOnDisk(position);
}

function broken(member: Promising, header: StatementHeader, isKept: boolean): void {
  if (isKept) return;
  const what = `${header.command} of view ${header.view}`;
  throw new Violation("promises", `${member.name} sends ${what} before its disk holds it`);
}
