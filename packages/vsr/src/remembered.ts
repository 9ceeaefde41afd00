/**
 * What peers have signed last, kept for the day on which one of them comes back with an old copy of
 * its disk: rule S12.
 *
 * Only what was durable before it left counts: PrepareOk, DoViewChange, StartView, Checkpoint. It
 * is in memory, and durable with the next superblock that is written for another reason. The best
 * that can be done: what nobody remembers, or nobody who is up, is not noticed.
 */
import { copyBytes } from "@quorate/prelude";
import {
  type Admitted,
  decodeBody,
  decodeStatementHeader,
  type Message,
  type StatementHeader,
  statementOverheadBytes,
} from "@quorate/protocol";

/** Of its views, of its log, of its checkpoints: the newest of each. */
const aspects = ["view", "log", "checkpoint"] as const;
type Aspect = (typeof aspects)[number];

interface Kept {
  readonly incarnation: number;
  /** Statements with a greater pair are newer. */
  readonly view: number;
  readonly op: number;
  readonly statement: Uint8Array;
}

export class Remembered {
  private readonly byMember = new Map<number, Map<Aspect, Kept>>();

  /** `statements` are those of a superblock; they were verified when they were heard. */
  constructor(statements: readonly Uint8Array[]) {
    for (const statement of statements) {
      const header = decodeStatementHeader(statement);
      const body = statement.subarray(statementOverheadBytes);
      const hasBody = header.command === "prepareOk" || header.command === "checkpoint";
      this.keep(header, hasBody ? decodeBody(header.command, body) : null, statement);
    }
  }

  /** Takes notice of a peer's own statement. */
  note({ header, message, statement }: Admitted): void {
    this.keep(header, message, statement);
  }

  /** What is remembered of a member. */
  of(member: number): readonly Uint8Array[] {
    return [...(this.byMember.get(member)?.values() ?? [])].map(({ statement }) => statement);
  }

  /** For the superblock. */
  list(): readonly Uint8Array[] {
    return [...this.byMember.keys()].flatMap((member) => this.of(member));
  }

  private keep(header: StatementHeader, message: Message | null, statement: Uint8Array): void {
    const { sender, incarnation, view, command } = header;
    if (command === "doViewChange" || command === "startView") {
      // The view is all that is needed of them, and their bodies are long.
      const signed = statement.subarray(0, statementOverheadBytes);
      this.put(sender, "view", { incarnation, view, op: 0, statement: signed });
    } else if (message?.command === "prepareOk") {
      this.put(sender, "log", { incarnation, view, op: message.op, statement });
    } else if (message?.command === "checkpoint") {
      this.put(sender, "checkpoint", { incarnation, view: 0, op: message.op, statement });
    }
  }

  private put(member: number, aspect: Aspect, next: Kept): void {
    const known = this.byMember.get(member) ?? new Map<Aspect, Kept>();
    const before = known.get(aspect);
    if (before !== undefined && !isNewer(next, before)) return;
    // A copy: the statement is a part of the frame that brought it.
    known.set(aspect, { ...next, statement: copyBytes(next.statement) });
    this.byMember.set(member, known);
  }
}

function isNewer(next: Kept, before: Kept): boolean {
  if (next.incarnation !== before.incarnation) return next.incarnation > before.incarnation;
  return next.view === before.view ? next.op > before.op : next.view > before.view;
}
