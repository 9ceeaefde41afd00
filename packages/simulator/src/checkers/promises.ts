/**
 * What a member says is on its disk before it leaves: the promises that others build on. Looked at
 * as the bytes leave, so a promise that came too early is found though nothing came of it.
 */
import { bytesEqual } from "@quorate/prelude";
import {
  type Command,
  decodeBody,
  decodeStatementHeader,
  type LogPosition,
  splitPacket,
  type StatementHeader,
  statementMark,
  type Superblock,
} from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

/** What a member shows of its disk. */
export interface Promising {
  readonly name: string;
  readonly index: number;
  /** The newest superblock that is on its disk for certain. */
  readonly durable: Superblock | null;
  /** Whether the entry has been written to its disk and flushed. */
  isOnDisk(position: LogPosition): boolean;
}

export class Promises {
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
    const lastNormalView = durable?.lastNormalView ?? 0;
    const { command } = header;
    if (promises.has(command)) broken(member, header, mayPromise(durable, header));
    if (command === "startViewChange") return broken(member, header, view >= header.view - 1);
    if (command === "startView" || command === "commitOk") {
      return broken(member, header, lastNormalView === header.view);
    }
    if (command === "doViewChange") {
      broken(member, header, view === header.view);
      return this.compareChange(member, header, packet);
    }
    if (command !== "prepareOk") return;
    const moved = this.changes[member.index]?.view ?? 0;
    if (header.view < moved) {
      const what = `acknowledges in view ${header.view} after its DoViewChange of ${moved}`;
      throw new Violation("promises", `${member.name} ${what}`);
    }
    broken(member, header, lastNormalView === header.view && view === header.view);
    broken(member, header, holds(member, positionIn(header, packet)));
  }

  /** A primary counts its own entries, which it acknowledges to itself alone. */
  onStep(member: Promising, replica: Replica): void {
    const certificate = replica.acting?.certificate ?? null;
    if (certificate === null || this.seen[member.index] === certificate) return;
    this.seen[member.index] = certificate;
    if (certificate.signatures.every(({ sender }) => sender !== member.index)) return;
    if (holds(member, { op: certificate.op, hash: certificate.headerHash })) return;
    throw new Violation("promises", `${member.name} counts op ${certificate.op} before its flush`);
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

/** Rule S11: a lost disk promises nothing, and later nothing below the view that its bar names. */
function mayPromise(durable: Superblock | null, { view }: StatementHeader): boolean {
  return durable === null || (!durable.isDiskLost && view >= durable.barredView);
}

function positionIn(header: StatementHeader, packet: Uint8Array): LogPosition {
  const message = decodeBody(header.command, splitPacket(packet, header.bodyBytes).body);
  if (message.command !== "prepareOk") throw new Violation("promises", "not a PrepareOk");
  return { op: message.op, hash: message.headerHash };
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
