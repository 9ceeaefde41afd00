/**
 * Looks for statements that cannot stand beside each other among those that a replica receives.
 *
 * It remembers what each member said last, within named limits, and compares every new statement
 * with it: E1 to E4 and E6 of one signer, E6 of two, and E7; E5 by itself. Not looked for: E8, because a
 * statement under an old key is not admitted at all.
 *
 * What is told to one replica alone is not seen by another, but for what travels on: DoViewChanges
 * in a StartView, and PrepareOks in a certificate.
 */
import { bytesEqual, DecodeError, type Sha256 } from "@quorate/prelude";
import {
  type CommitCertificate,
  decodeStatementHeader,
  type MessageOf,
  type StatementHeader,
} from "@quorate/protocol";
import { acknowledgementIn, CertificateHistory } from "./certificate-history.ts";
import { contradictionOf, type Said } from "./contradiction.ts";
import { type Evidence, pairOf } from "./evidence.ts";
import {
  claimOf,
  claimOfCertificates,
  claimOfStart,
  type EvidenceClaim,
} from "./judge-evidence.ts";
import { SignerHistory } from "./signer-history.ts";

/** A contradiction, and the record that proves it to others. */
export interface FoundEvidence {
  readonly claim: EvidenceClaim;
  readonly evidence: Evidence;
}

/** What a watch needs of its host. */
export interface WatchContext {
  readonly sha256: Sha256;
  /** The newest life of a member's disk that the cluster knows of. */
  readonly incarnationOf: (member: number) => number;
  /** Verifies a statement that came inside another one; null when it is not good. */
  readonly open: (statement: Uint8Array) => Said | null;
  /** Whether a quorum has signed the certificate. */
  readonly isGood: (certificate: CommitCertificate) => boolean;
  /** Whether a StartView follows from what it carries. */
  readonly isFounded: (said: Said, message: MessageOf<"startView">) => boolean;
}

/** See the file. One for each replica; it forgets everything with the process. */
export class EvidenceWatch {
  private readonly context: WatchContext;
  /** By index of the member: its lives, of which two are kept. */
  private readonly histories = new Map<number, readonly SignerHistory[]>();
  private readonly certificates = new CertificateHistory();

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
    // What others carry may be of a disk that is lost by now.
    if (header.incarnation < this.context.incarnationOf(header.sender)) return [];
    const { message } = said;
    if (message.command === "checkpoint") return this.onCheckpoint(said, message);
    const isOld = message.command === "startView" && this.isRemembered(header);
    const unfounded = isOld ? [] : this.unfounded(said);
    const rivals = this.among(said, this.rivalsOf(said));
    return [...unfounded, ...rivals, ...this.inside(said)];
  }

  private isRemembered(header: StatementHeader): boolean {
    return this.knownHistoryOf(header)?.hasStartView(header) === true;
  }

  private unfounded(said: Said): readonly FoundEvidence[] {
    const { message, statement } = said;
    if (message.command !== "startView" || this.context.isFounded(said, message)) return [];
    const evidence: Evidence = { kind: "unfounded-start-view", statement: statement.slice() };
    return [{ claim: claimOfStart(said), evidence }];
  }

  /** What a statement contradicts by what others have signed, and it carries or is carried. */
  private inside(said: Said): readonly FoundEvidence[] {
    const { message } = said;
    if (message.command === "prepareOk") return this.certifiedOtherwise(said, message);
    if (message.command === "startView") return this.carriedBy(message);
    const isCarrier = message.command === "prepare" || message.command === "commit";
    if (!isCarrier || message.certificate === null) return [];
    return this.onCertificate(said, message.certificate);
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
    const histories = [...this.histories.values()].flat();
    const others = histories.flatMap((each) => each.checkpointsAt(message.op));
    this.historyOf(said).rememberCheckpoint(said, message);
    return this.among(said, others);
  }

  private carriedBy({ doViewChanges }: MessageOf<"startView">): readonly FoundEvidence[] {
    return doViewChanges.flatMap((statement) => {
      const said = this.isKnown(statement) ? null : this.context.open(statement);
      return said?.message.command === "doViewChange" ? this.observe(said) : [];
    });
  }

  /** Another PrepareOk of the same signer is in a certificate that was shown before. */
  private certifiedOtherwise(
    said: Said,
    { op, headerHash }: MessageOf<"prepareOk">,
  ): readonly FoundEvidence[] {
    const certificate = this.certificates.rivalOf(op, headerHash);
    if (certificate?.view !== said.header.view) return [];
    const signature = certificate.signatures.find(({ sender }) => sender === said.header.sender);
    if (signature === undefined) return [];
    const { sha256 } = this.context;
    const statement = acknowledgementIn(certificate, signature, said.header, sha256);
    const other = this.context.open(statement);
    return other === null ? [] : this.among(said, [other]);
  }

  private onCertificate(said: Said, certificate: CommitCertificate): readonly FoundEvidence[] {
    const rival = this.certificates.onCertificate(said, certificate);
    const found = rival === null ? [] : this.betweenCertificates(rival, certificate, said);
    return [...found, ...this.acknowledgedOtherwise(said, certificate)];
  }

  /** Of one view, whoever signed both is convicted; of two, nobody alone. */
  private betweenCertificates(
    first: CommitCertificate,
    second: CommitCertificate,
    { header }: Said,
  ): readonly FoundEvidence[] {
    if (!this.context.isGood(second)) return [];
    if (!this.context.isGood(first)) {
      this.certificates.forget(first.op);
      return [];
    }
    const evidence: Evidence = { kind: "two-certificates", first, second };
    const found = { claim: claimOfCertificates(first, second), evidence };
    if (first.view !== second.view) return [found];
    return [found, ...this.signersOfBoth(first, second, header)];
  }

  private signersOfBoth(
    first: CommitCertificate,
    second: CommitCertificate,
    header: StatementHeader,
  ): readonly FoundEvidence[] {
    const { open, sha256 } = this.context;
    return first.signatures.flatMap((signature) => {
      const other = second.signatures.find(({ sender }) => sender === signature.sender);
      if (other === undefined) return [];
      const one = open(acknowledgementIn(first, signature, header, sha256));
      const two = open(acknowledgementIn(second, other, header, sha256));
      return one === null || two === null ? [] : this.among(two, [one]);
    });
  }

  /** Of the signers of a certificate, those that are known to have acknowledged another entry. */
  private acknowledgedOtherwise(
    { header }: Said,
    certificate: CommitCertificate,
  ): readonly FoundEvidence[] {
    const { op, view, headerHash, signatures } = certificate;
    return signatures.flatMap((signature) => {
      const history = this.knownHistoryOf({ ...header, ...signature });
      const known = history?.acknowledgementsAt(op, view) ?? [];
      const others = known.filter(
        ({ message }) =>
          message.command === "prepareOk" && !bytesEqual(message.headerHash, headerHash),
      );
      if (others.length === 0) return [];
      const statement = acknowledgementIn(certificate, signature, header, this.context.sha256);
      const said = this.context.open(statement);
      return said === null ? [] : this.among(said, others);
    });
  }

  /** Whether it is remembered already, or no statement at all: nothing is verified for it. */
  private isKnown(statement: Uint8Array): boolean {
    try {
      const header = decodeStatementHeader(statement);
      return this.knownHistoryOf(header)?.hasDoViewChange(header) === true;
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

  private knownHistoryOf(header: StatementHeader): SignerHistory | null {
    return this.histories.get(header.sender)?.find((each) => each.isOf(header)) ?? null;
  }

  /**
   * Statements of two epochs or lives of a disk are never compared. Whoever names ever newer lives
   * makes the watch forget the last of them, and never the one that the cluster knows.
   */
  private historyOf({ header }: Said): SignerHistory {
    const known = this.knownHistoryOf(header);
    if (known !== null) return known;
    const { epoch, sender } = header;
    const incarnation = this.context.incarnationOf(sender);
    const present = this.histories.get(sender)?.filter((each) => {
      return each.life.epoch === epoch && each.life.incarnation === incarnation;
    });
    const history = new SignerHistory(header);
    this.histories.set(sender, [...(present ?? []), history]);
    return history;
  }
}
