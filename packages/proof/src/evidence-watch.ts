/**
 * Looks for statements that cannot stand beside each other among those that a replica receives.
 *
 * It remembers what each member said last, within named limits, and compares every new statement
 * with it: E1 to E4 and E6 of one signer, and E6 of two. Not looked for: E7, of which certificates
 * would have to be kept, and E8, because a statement under an old key is not admitted at all.
 *
 * A lie to one replica alone is not seen by another, but for DoViewChanges, which a StartView
 * carries to everybody.
 */
import { DecodeError, type Sha256 } from "@quorate/prelude";
import { decodeStatementHeader, type MessageOf } from "@quorate/protocol";
import { contradictionOf, type Said } from "./contradiction.ts";
import { type Evidence, pairOf } from "./evidence.ts";
import { claimOf, type EvidenceClaim } from "./judge-evidence.ts";
import { SignerHistory } from "./signer-history.ts";

/** A contradiction, and the record that proves it to others. */
export interface FoundEvidence {
  readonly claim: EvidenceClaim;
  readonly evidence: Evidence;
}

/** What a watch needs of its host. */
export interface WatchContext {
  readonly sha256: Sha256;
  /** Verifies a statement that came inside another one; null when it is not good. */
  open(statement: Uint8Array): Said | null;
}

/** See the file. One for each replica; it forgets everything with the process. */
export class EvidenceWatch {
  private readonly context: WatchContext;
  /** By index of the member. */
  private readonly histories = new Map<number, SignerHistory>();

  constructor(context: WatchContext) {
    this.context = context;
  }

  /**
   * Takes notice of an admitted statement. What it contradicts is told once; saying the same again
   * contradicts nothing.
   */
  observe(said: Said): readonly FoundEvidence[] {
    const { header } = said;
    if (header.role !== "replica") return [];
    // What others carry may be old, and must not make the watch forget.
    if (this.histories.get(header.sender)?.isAfter(header) === true) return [];
    const { message } = said;
    if (message.command === "checkpoint") return this.onCheckpoint(said, message);
    const rivals = this.among(said, this.rivalsOf(said));
    return message.command === "startView" ? [...rivals, ...this.carriedBy(message)] : rivals;
  }

  /** What the same signer has said, and this statement may contradict. */
  private rivalsOf(said: Said): readonly Said[] {
    const { message } = said;
    const history = this.historyOf(said);
    if (message.command === "prepare") return history.onPrepare(said, message);
    if (message.command === "prepareOk") return history.onPrepareOk(said, message);
    if (message.command === "doViewChange") return history.onDoViewChange(said, message);
    if (message.command === "startView") return history.onStartView(said, message);
    return [];
  }

  private onCheckpoint(said: Said, message: MessageOf<"checkpoint">): readonly FoundEvidence[] {
    const others = [...this.histories.values()].flatMap((each) => each.checkpointsAt(message.op));
    this.historyOf(said).rememberCheckpoint(said, message);
    return this.among(said, others);
  }

  private carriedBy({ doViewChanges }: MessageOf<"startView">): readonly FoundEvidence[] {
    return doViewChanges.flatMap((statement) => {
      const said = this.isKnown(statement) ? null : this.context.open(statement);
      return said?.message.command === "doViewChange" ? this.observe(said) : [];
    });
  }

  /** Whether it is remembered already, or no statement at all: nothing is verified for it. */
  private isKnown(statement: Uint8Array): boolean {
    try {
      const header = decodeStatementHeader(statement);
      const history = this.histories.get(header.sender);
      return history?.isOf(header) === true && history.hasDoViewChange(header);
    } catch (error) {
      if (error instanceof DecodeError) return true;
      throw error;
    }
  }

  /** The newest contradiction; one is enough, and older ones prove no more. */
  private among(said: Said, others: readonly Said[]): readonly FoundEvidence[] {
    for (const other of others) {
      const found = contradictionOf(other, said, this.context.sha256);
      if (found === null) continue;
      const evidence = pairOf(found.kind, other.statement, said.statement.slice());
      return [{ claim: claimOf(found, said), evidence }];
    }
    return [];
  }

  /** Statements of two epochs or lives of a disk are never compared: the newer history replaces. */
  private historyOf({ header }: Said): SignerHistory {
    const known = this.histories.get(header.sender);
    if (known?.isOf(header) === true) return known;
    const history = new SignerHistory(header);
    this.histories.set(header.sender, history);
    return history;
  }
}
