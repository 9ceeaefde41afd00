/**
 * Evidence: signed statements that cannot stand beside each other, as one record of bytes.
 *
 * ```
 * 0xfd | kind 1 | what the kind holds
 * ```
 *
 * A record says nothing by itself: `judgeEvidence` says what it proves. Two statements are in
 * ascending order of their bytes, so that one pair makes one record.
 */
import { ByteReader, ByteWriter, bytesCompare, DecodeError } from "@quorate/prelude";
import {
  bytes,
  type Coded,
  type CommitCertificate,
  commitCertificateCodec,
  type Epoch,
  epochCodec,
  record,
  statementBodyBytesMax,
  statementOverheadBytes,
} from "@quorate/protocol";

/** First byte of every record of evidence; statements and notes have others. */
export const evidenceMark = 0xfd;

const evidenceStatementBytesMax = statementOverheadBytes + statementBodyBytesMax;
/** Bytes of one record: two of the longest statements, without attachments, and their lengths. */
export const evidenceBytesMax = 2 * (evidenceStatementBytesMax + 4) + 2;

/** Kinds made of two statements; of one signer, but for the last. */
export const pairKinds = [
  /** E1: two Prepares of one (epoch, view, op) with different entries. */
  "two-prepares",
  /** E2: two PrepareOks of one (epoch, view, op) with different entries. */
  "two-acknowledgements",
  /** E3: a PrepareOk, and a DoViewChange of a later view that does not know of it. */
  "forgotten-acknowledgement",
  /** E4: two DoViewChanges of one (epoch, view). */
  "two-do-view-changes",
  /** E4: two StartViews of one (epoch, view). */
  "two-start-views",
  /** E6: two Checkpoints of one (epoch, op) with different states. */
  "two-checkpoints",
  /** E6: the same of two members: one of them is wrong, and nobody can tell from these which. */
  "diverged-states",
] as const;
/** See `pairKinds`. */
export type PairKind = (typeof pairKinds)[number];

/** Every kind; the position is the byte that is written, so the list only grows at its end. */
export const evidenceKinds = [
  ...pairKinds,
  /** E7: two commit certificates of one op with different entries. */
  "two-certificates",
  /** E8: a statement of an epoch that no longer has the key that signed it. */
  "revoked-key",
  /** E5: a StartView that does not follow from the DoViewChanges in it. */
  "unfounded-start-view",
] as const;
/** See `evidenceKinds`. */
export type EvidenceKind = (typeof evidenceKinds)[number];

/** Statements without attachments, and what must be known beside them. */
export type Evidence =
  | { readonly kind: PairKind; readonly first: Uint8Array; readonly second: Uint8Array }
  | {
      readonly kind: "two-certificates";
      readonly first: CommitCertificate;
      readonly second: CommitCertificate;
    }
  | {
      readonly kind: "revoked-key";
      readonly statement: Uint8Array;
      /** An older epoch, in whose configuration the key belongs to a member. */
      readonly keyEpoch: Epoch;
    }
  | { readonly kind: "unfounded-start-view"; readonly statement: Uint8Array };

const statementCodec = bytes(evidenceStatementBytesMax);
const pairCodec = record({ first: statementCodec, second: statementCodec });
const certificatesCodec = record({
  first: commitCertificateCodec,
  second: commitCertificateCodec,
});
const aloneCodec = record({ statement: statementCodec });
const revokedKeyCodec = record({ statement: statementCodec, keyEpoch: epochCodec });

/** Evidence of two statements, in the order in which they are written. */
export function pairOf(kind: PairKind, one: Uint8Array, other: Uint8Array): Evidence {
  const [first, second] = bytesCompare(one, other) <= 0 ? [one, other] : [other, one];
  return { kind, first, second };
}

export function encodeEvidence(evidence: Evidence): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(evidenceMark).u8(evidenceKinds.indexOf(evidence.kind));
  if (evidence.kind === "two-certificates") certificatesCodec.encode(writer, evidence);
  else if (evidence.kind === "revoked-key") revokedKeyCodec.encode(writer, evidence);
  else if (evidence.kind === "unfounded-start-view") aloneCodec.encode(writer, evidence);
  else pairCodec.encode(writer, evidence);
  return writer.finish();
}

/** Throws DecodeError. Nothing is verified. */
export function decodeEvidence(bytesOfRecord: Uint8Array): Evidence {
  if (bytesOfRecord.length > evidenceBytesMax) throw new DecodeError("record too long");
  const reader = new ByteReader(bytesOfRecord);
  if (reader.u8() !== evidenceMark) throw new DecodeError("not evidence");
  const kind = evidenceKinds[reader.u8()];
  if (kind === undefined) throw new DecodeError("unknown kind of evidence");
  const evidence = decodeKind(kind, reader);
  reader.end();
  return evidence;
}

function decodeKind(kind: EvidenceKind, reader: ByteReader): Evidence {
  if (kind === "two-certificates") return { kind, ...certificatesCodec.decode(reader) };
  if (kind === "revoked-key") return { kind, ...revokedKeyCodec.decode(reader) };
  if (kind === "unfounded-start-view") return { kind, ...aloneCodec.decode(reader) };
  return { kind, ...inOrder(pairCodec.decode(reader)) };
}

function inOrder(pair: Coded<typeof pairCodec>): Coded<typeof pairCodec> {
  if (bytesCompare(pair.first, pair.second) >= 0) throw new DecodeError("pair out of order");
  return pair;
}
