/** What a record of evidence proves, to anybody who holds the configurations it is about. */
import { bytesEqual, DecodeError, type Sha256 } from "@quorate/prelude";
import {
  admit,
  type ClusterConfig,
  type CommitCertificate,
  decodeStatementHeader,
  type Epoch,
  keyIdOf,
  type MessageOf,
  type Op,
  primaryOf,
  splitPacket,
  type VerifySignature,
  type View,
} from "@quorate/protocol";
import { commitCertificateFault } from "./certificates.ts";
import { type Contradiction, contradictionOf, type Said } from "./contradiction.ts";
import {
  decodeEvidence,
  type Evidence,
  type EvidenceKind,
  evidenceKinds,
  type PairKind,
} from "./evidence.ts";
import { changesBehind } from "./start-view.ts";

/** The configuration of one epoch. */
export interface Configuration {
  readonly config: ClusterConfig;
  readonly configDigest: Uint8Array;
}

/** What a judge of evidence knows. */
export interface EvidenceContext {
  /** Null for an epoch that the judge does not know: nothing of it proves anything to it. */
  configurationOf(epoch: Epoch): Configuration | null;
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
}

/** What is proved. */
export interface EvidenceClaim {
  readonly kind: EvidenceKind;
  /** The epoch whose configuration has the member. */
  readonly epoch: Epoch;
  /**
   * Whose key signed what cannot stand together: by malice, by a stolen key, or because its disk
   * was set back. Null when no single member is to blame: of two certificates, more than f keys
   * together broke their promises; of two members' states, at least one is wrong.
   */
  readonly member: number | null;
  /** The life of the member's disk in which it signed; 0 when no member is named. */
  readonly incarnation: number;
  /** Of the older statement. */
  readonly view: View;
  /** Null when it is about a whole view. */
  readonly op: Op | null;
}

/** Why a record proves nothing. */
export type EvidenceFault =
  /** The bytes are no record of evidence. */
  | "malformed"
  /** The judge does not know the configuration of an epoch in it. */
  | "configuration"
  /** A statement or certificate in it is not good. */
  | "signature"
  /** Everything in it is good, and an honest replica can have signed all of it. */
  | "lawful";

export type EvidenceVerdict =
  | { readonly proven: true; readonly claim: EvidenceClaim }
  | { readonly proven: false; readonly fault: EvidenceFault };

/** Judges a record. Never throws for what it says. */
export function judgeEvidence(bytes: Uint8Array, context: EvidenceContext): EvidenceVerdict {
  try {
    return judge(decodeEvidence(bytes), context);
  } catch (error) {
    if (error instanceof DecodeError) return unproven("malformed");
    throw error;
  }
}

/** A short name of what is proved: equal for all records that prove the same. Fit for a file. */
export function evidenceName(claim: EvidenceClaim): string {
  const { kind, epoch, member, incarnation, view, op } = claim;
  return [
    kind,
    `m${member ?? "-"}`,
    `i${incarnation}`,
    `e${epoch}`,
    `v${view}`,
    `o${op ?? "-"}`,
  ].join(".");
}

/** The kind and the member in a name, or null for a text that is no name of evidence. */
export function aboutNamedEvidence(name: string): Pick<EvidenceClaim, "kind" | "member"> | null {
  const [, named, member] = /^([a-z-]+)\.m(\d+|-)\.i\d+\.e\d+\.v\d+\.o(?:\d+|-)$/.exec(name) ?? [];
  const kind = evidenceKinds.find((known) => known === named);
  if (kind === undefined) return null;
  return { kind, member: member === "-" ? null : Number(member) };
}

function judge(evidence: Evidence, context: EvidenceContext): EvidenceVerdict {
  if (evidence.kind === "two-certificates") {
    return judgeCertificates(evidence.first, evidence.second, context);
  }
  if (evidence.kind === "revoked-key") {
    return judgeRevokedKey(evidence.statement, evidence.keyEpoch, context);
  }
  if (evidence.kind === "unfounded-start-view") return judgeStart(evidence.statement, context);
  return judgePair(evidence.kind, evidence.first, evidence.second, context);
}

function judgeStart(statement: Uint8Array, context: EvidenceContext): EvidenceVerdict {
  const said = openStatement(statement, context);
  if (typeof said === "string") return unproven(said);
  if (said.message.command !== "startView" || isFounded(said, said.message, context)) {
    return unproven("lawful");
  }
  return { proven: true, claim: claimOfStart(said) };
}

/**
 * Whether an honest primary can have signed the StartView. It says only what it has verified and
 * selected itself, and everything by which it did is inside (VRR §4.2): so nobody else's word is
 * needed, and no other statement.
 */
export function isFounded(
  { header }: Said,
  message: MessageOf<"startView">,
  context: EvidenceContext,
): boolean {
  const configuration = context.configurationOf(header.epoch);
  if (configuration === null) return true;
  if (header.sender !== primaryOf(configuration.config, header.view)) return false;
  const { sha256 } = context;
  const open = (statement: Uint8Array): Said | null => {
    const said = openStatement(statement, context);
    return typeof said === "string" || said.header.epoch !== header.epoch ? null : said;
  };
  return changesBehind(header.view, message, { ...configuration, sha256, open }) !== null;
}

/** What a StartView proves that does not follow from what it carries. */
export function claimOfStart({ header }: Said): EvidenceClaim {
  const { epoch, sender, incarnation, view } = header;
  return { kind: "unfounded-start-view", epoch, member: sender, incarnation, view, op: null };
}

function judgePair(
  kind: PairKind,
  first: Uint8Array,
  second: Uint8Array,
  context: EvidenceContext,
): EvidenceVerdict {
  const opened = [openStatement(first, context), openStatement(second, context)] as const;
  const [one, other] = opened;
  if (typeof one === "string") return unproven(one);
  if (typeof other === "string") return unproven(other);
  const found = contradictionOf(one, other, context.sha256);
  if (found === null || found.kind !== kind) return unproven("lawful");
  return { proven: true, claim: claimOf(found, one) };
}

/** What a contradiction proves; `said` is one of its two statements. */
export function claimOf(found: Contradiction, { header }: Said): EvidenceClaim {
  const { epoch, incarnation } = header;
  return { ...found, epoch, incarnation: found.member === null ? 0 : incarnation };
}

/**
 * Two quorums share a voter, but one that acknowledged in two views may have been right to: a
 * later view may leave out what was not committed. So nobody alone is blamed; two certificates of
 * one view are better told as the two acknowledgements of whoever signed both.
 */
function judgeCertificates(
  first: CommitCertificate,
  second: CommitCertificate,
  context: EvidenceContext,
): EvidenceVerdict {
  for (const certificate of [first, second]) {
    const configuration = context.configurationOf(certificate.epoch);
    if (configuration === null) return unproven("configuration");
    if (commitCertificateFault(certificate, { ...context, ...configuration }) !== null) {
      return unproven("signature");
    }
  }
  const isOneEntry = bytesEqual(first.headerHash, second.headerHash);
  if (first.op !== second.op || isOneEntry) return unproven("lawful");
  return { proven: true, claim: claimOfCertificates(first, second) };
}

/** What two good certificates of one op for different entries prove. */
export function claimOfCertificates(
  first: CommitCertificate,
  second: CommitCertificate,
): EvidenceClaim {
  const isFirstOlder =
    first.epoch < second.epoch || (first.epoch === second.epoch && first.view <= second.view);
  const { epoch, view, op } = isFirstOlder ? first : second;
  return { kind: "two-certificates", epoch, member: null, incarnation: 0, view, op };
}

/** A member's statement is signed with its key of the epoch that it names, never an older one. */
function judgeRevokedKey(
  statement: Uint8Array,
  keyEpoch: Epoch,
  context: EvidenceContext,
): EvidenceVerdict {
  const header = decodeStatementHeader(statement);
  const present = context.configurationOf(header.epoch);
  const past = context.configurationOf(keyEpoch);
  if (present === null || past === null) return unproven("configuration");
  const { signed, signature, body, attachment } = splitPacket(statement, header.bodyBytes);
  const isWhole = attachment.length === 0 && bytesEqual(context.sha256(body), header.bodyDigest);
  const isOfCluster =
    bytesEqual(header.clusterId, present.config.clusterId) &&
    bytesEqual(header.configDigest, present.configDigest);
  if (!isWhole || !isOfCluster) return unproven("signature");
  const member = past.config.members.findIndex(({ publicKey }) => {
    return bytesEqual(keyIdOf(publicKey, context.sha256), header.keyId);
  });
  const holder = past.config.members[member];
  if (holder === undefined || !context.verify(holder.publicKey, signed, signature)) {
    return unproven("signature");
  }
  const isStillHeld = [...present.config.members, ...present.config.gateways].some((each) => {
    return bytesEqual(each.publicKey, holder.publicKey);
  });
  if (keyEpoch >= header.epoch || isStillHeld) return unproven("lawful");
  const { incarnation, view } = header;
  const claim = {
    kind: "revoked-key",
    epoch: keyEpoch,
    member,
    incarnation,
    view,
    op: null,
  } as const;
  return { proven: true, claim };
}

/**
 * Verifies a statement under the configuration of the epoch that it names. Any incarnation is
 * taken: evidence outlives the disks that it is about, and is compared within one incarnation.
 */
export function openStatement(
  statement: Uint8Array,
  context: EvidenceContext,
): Said | "configuration" | "signature" {
  const { epoch, incarnation } = decodeStatementHeader(statement);
  const configuration = context.configurationOf(epoch);
  if (configuration === null) return "configuration";
  const { sha256, verify } = context;
  const admission = admit(statement, {
    ...configuration,
    sha256,
    verify,
    incarnationOf: () => incarnation,
  });
  if (!admission.ok || admission.admitted.attachment.length > 0) return "signature";
  return admission.admitted;
}

function unproven(fault: EvidenceFault): EvidenceVerdict {
  return { proven: false, fault };
}
