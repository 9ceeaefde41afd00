/**
 * What a received statement must pass before anything looks at its meaning, cheapest check first.
 *
 * Refusals are reasons, not errors: they are counted per reason and peer and nothing else happens.
 */
import { bytesEqual, DecodeError, type Sha256 } from "@quorate/prelude";
import { type ClusterConfig, keyIdOf } from "./cluster-config.ts";
import { frameBytesMax } from "./limits.ts";
import { type Message, messages } from "./messages.ts";
import {
  decodeBody,
  decodeStatementHeader,
  splitPacket,
  type StatementHeader,
  statementOverheadBytes,
} from "./statement.ts";

export const rejectReasons = [
  "oversized",
  "malformed",
  "cluster",
  "epoch",
  "configuration",
  "unknown-sender",
  "not-the-peer",
  "key",
  "incarnation",
  "body-size",
  "body-digest",
  "signature",
  "body-malformed",
] as const;
export type RejectReason = (typeof rejectReasons)[number];

/** Verifies one ed25519 signature; node:crypto below, a keyed hash in the simulator. */
export type VerifySignature = (
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
) => boolean;

/** What a replica knows when it judges a statement. */
export interface AdmissionContext {
  readonly config: ClusterConfig;
  readonly configDigest: Uint8Array;
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
  /**
   * The newest incarnation of a member that is known: what an older disk of it says is refused. A
   * newer one may be on its way back (rules A6, S11).
   */
  incarnationOf(memberIndex: number): number;
}

/** A verified statement. */
export interface Admitted {
  readonly header: StatementHeader;
  readonly message: Message;
  /** The statement without its attachment: what can be stored and shown to others. */
  readonly statement: Uint8Array;
  readonly attachment: Uint8Array;
}

export type Admission =
  | { readonly ok: true; readonly admitted: Admitted }
  | { readonly ok: false; readonly reason: RejectReason };

/** Judges a packet that begins with a statement. Never throws for what the packet says. */
export function admit(packet: Uint8Array, context: AdmissionContext): Admission {
  try {
    return judge(packet, context);
  } catch (error) {
    if (error instanceof DecodeError) return refuse("malformed");
    throw error;
  }
}

function judge(packet: Uint8Array, context: AdmissionContext): Admission {
  if (packet.length > frameBytesMax) return refuse("oversized");
  const header = decodeStatementHeader(packet);
  const reason = reasonAgainstHeader(header, packet.length, context);
  if (reason !== null) return refuse(reason);
  const { signed, signature, body, attachment } = splitPacket(packet, header.bodyBytes);
  if (attachment.length > messages[header.command].attachmentBytesMax) return refuse("body-size");
  if (!bytesEqual(context.sha256(body), header.bodyDigest)) return refuse("body-digest");
  const publicKey = senderKey(header, context.config);
  if (publicKey === null || !context.verify(publicKey, signed, signature)) {
    return refuse("signature");
  }
  return decode(header, packet, body, attachment);
}

function decode(
  header: StatementHeader,
  packet: Uint8Array,
  body: Uint8Array,
  attachment: Uint8Array,
): Admission {
  try {
    const message = decodeBody(header.command, body);
    const statement = packet.subarray(0, packet.length - attachment.length);
    return { ok: true, admitted: { header, message, statement, attachment } };
  } catch (error) {
    if (error instanceof DecodeError) return refuse("body-malformed");
    throw error;
  }
}

function reasonAgainstHeader(
  header: StatementHeader,
  packetBytes: number,
  context: AdmissionContext,
): RejectReason | null {
  const { config } = context;
  if (!bytesEqual(header.clusterId, config.clusterId)) return "cluster";
  if (header.epoch !== config.epoch) return "epoch";
  if (!bytesEqual(header.configDigest, context.configDigest)) return "configuration";
  if (messages[header.command].from !== header.role) return "unknown-sender";
  const publicKey = senderKey(header, config);
  if (publicKey === null) return "unknown-sender";
  if (!bytesEqual(header.keyId, keyIdOf(publicKey, context.sha256))) return "key";
  if (header.role === "replica" && header.incarnation < context.incarnationOf(header.sender)) {
    return "incarnation";
  }
  const fits = header.bodyBytes <= messages[header.command].bodyBytesMax;
  if (!fits || statementOverheadBytes + header.bodyBytes > packetBytes) return "body-size";
  return null;
}

function senderKey(header: StatementHeader, config: ClusterConfig): Uint8Array | null {
  const holders = header.role === "replica" ? config.members : config.gateways;
  return holders[header.sender]?.publicKey ?? null;
}

function refuse(reason: RejectReason): Admission {
  return { ok: false, reason };
}
