/**
 * Who said what: a signed message that can be stored, passed on and proved to others.
 *
 * ```
 * domain 32 | clusterId 32 | epoch 8 | configDigest 32 | view 8 | role 1 | sender 2 | keyId 8
 * | incarnation 4 | bodyBytes 4 | bodySha256 32        -> the header: what is signed
 * | signature 64 | body
 * ```
 *
 * The first byte occurs in no UTF-8 text, so a statement's signed bytes can never be a JWS, an
 * operator's intent or any other text.
 */
import {
  ByteReader,
  ByteWriter,
  bytesEqual,
  DecodeError,
  digestBytes,
  type Sha256,
  utf8Encode,
} from "@quorate/prelude";
import { signatureBytes } from "./certificate.ts";
import { clusterIdBytes, keyIdBytes } from "./cluster-config.ts";
import { type Command, commands, type Message, messages, type SenderRole } from "./messages.ts";
import { asEpoch, asView, type Epoch, type View } from "./numbers.ts";

/** First byte of every statement. */
export const statementMark = 0xff;

const domainBytes = 32;
const roles: readonly SenderRole[] = ["replica", "gateway"];

/** Length of a statement's header: the bytes that are signed. */
export const statementHeaderBytes =
  domainBytes + clusterIdBytes + 8 + digestBytes + 8 + 1 + 2 + keyIdBytes + 4 + 4 + digestBytes;
/** Length of a statement without its body. */
export const statementOverheadBytes = statementHeaderBytes + signatureBytes;

export interface StatementHeader {
  readonly command: Command;
  readonly clusterId: Uint8Array;
  readonly epoch: Epoch;
  readonly configDigest: Uint8Array;
  readonly view: View;
  readonly role: SenderRole;
  /** Index of the member or gateway in the configuration of `epoch`. */
  readonly sender: number;
  readonly keyId: Uint8Array;
  /** Life of the sender's disk: rule A6. */
  readonly incarnation: number;
  readonly bodyBytes: number;
  readonly bodyDigest: Uint8Array;
}

const domains = new Map<Command, Uint8Array>(
  commands.map((command) => [command, domainOf(command)]),
);
/** Candidates by a cheap number made of the domain's bytes; the bytes themselves decide. */
const domainsByMix = Map.groupBy(domains, ([, domain]) => mixOf(domain));

function mixOf(domain: Uint8Array): number {
  let mix = 0;
  for (let at = 0; at < domainBytes; at++) mix = (Math.imul(mix, 31) + (domain[at] ?? 0)) | 0;
  return mix;
}

function commandOf(domain: Uint8Array): Command {
  for (const [command, known] of domainsByMix.get(mixOf(domain)) ?? []) {
    if (bytesEqual(known, domain)) return command;
  }
  throw new DecodeError("unknown domain");
}

function domainOf(command: Command): Uint8Array {
  const domain = new Uint8Array(domainBytes);
  domain[0] = statementMark;
  domain.set(utf8Encode(`quorate/1/${command}`), 1);
  return domain;
}

/** The bytes that a statement's signature is over. */
export function encodeStatementHeader(header: StatementHeader): Uint8Array {
  const writer = new ByteWriter(statementHeaderBytes);
  writeStatementHeader(writer, header);
  return writer.finish();
}

function writeStatementHeader(writer: ByteWriter, header: StatementHeader): void {
  writer
    .raw(domains.get(header.command) as Uint8Array)
    .raw(header.clusterId)
    .u64(header.epoch)
    .raw(header.configDigest)
    .u64(header.view)
    .u8(roles.indexOf(header.role))
    .u16(header.sender)
    .raw(header.keyId)
    .u32(header.incarnation)
    .u32(header.bodyBytes)
    .raw(header.bodyDigest);
}

/** Throws DecodeError. Reads the header alone; nothing is verified. */
export function decodeStatementHeader(bytes: Uint8Array): StatementHeader {
  const reader = new ByteReader(bytes);
  const command = commandOf(reader.raw(domainBytes));
  const clusterId = reader.raw(clusterIdBytes);
  const epoch = asEpoch(reader.u64());
  const configDigest = reader.raw(digestBytes);
  const view = asView(reader.u64());
  const role = roles[reader.u8()];
  if (role === undefined) throw new DecodeError("unknown role");
  return {
    command,
    clusterId,
    epoch,
    configDigest,
    view,
    role,
    sender: reader.u16(),
    keyId: reader.raw(keyIdBytes),
    incarnation: reader.u32(),
    bodyBytes: reader.u32(),
    bodyDigest: reader.raw(digestBytes),
  };
}

/** A signed statement in its three parts, all of them slices of one run of bytes. */
export interface StatementParts {
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly body: Uint8Array;
  /** What follows the statement in its packet. */
  readonly attachment: Uint8Array;
}

/** Cuts a packet into its parts. Throws DecodeError when the body would end behind the packet. */
export function splitPacket(packet: Uint8Array, bodyBytes: number): StatementParts {
  const bodyEnd = statementOverheadBytes + bodyBytes;
  if (bodyEnd > packet.length) throw new DecodeError("body ends behind the packet");
  return {
    signed: packet.subarray(0, statementHeaderBytes),
    signature: packet.subarray(statementHeaderBytes, statementOverheadBytes),
    body: packet.subarray(statementOverheadBytes, bodyEnd),
    attachment: packet.subarray(bodyEnd),
  };
}

/** Who signs: fixed for the life of a process. */
export interface StatementSigner {
  readonly role: SenderRole;
  readonly sender: number;
  readonly keyId: Uint8Array;
  readonly incarnation: number;
  /** ed25519 (RFC 8032) over the bytes; deterministic. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** Where a statement is said. */
export interface StatementPlace {
  readonly clusterId: Uint8Array;
  readonly epoch: Epoch;
  readonly configDigest: Uint8Array;
  readonly view: View;
}

/** Encodes and signs a message. */
export function signMessage(
  message: Message,
  place: StatementPlace,
  signer: StatementSigner,
  sha256: Sha256,
): Uint8Array {
  const body = encodeBody(message);
  const writer = new ByteWriter(statementOverheadBytes + body.length);
  writeStatementHeader(writer, {
    ...place,
    command: message.command,
    role: signer.role,
    sender: signer.sender,
    keyId: signer.keyId,
    incarnation: signer.incarnation,
    bodyBytes: body.length,
    bodyDigest: sha256(body),
  });
  return writer.raw(signer.sign(writer.written)).raw(body).finish();
}

export function encodeBody(message: Message): Uint8Array {
  const writer = new ByteWriter();
  messages[message.command].body.encode(writer, message as never);
  return writer.finish();
}

/** Throws DecodeError. */
export function decodeBody(command: Command, body: Uint8Array): Message {
  const reader = new ByteReader(body);
  const fields = messages[command].body.decode(reader);
  reader.end();
  return { command, ...fields } as Message;
}
