/**
 * The three messages of a hello, as canonical bytes.
 *
 * ```
 * offer   dialer -> acceptor   mark, versions, cluster, epoch, configuration, both peers,
 *                               incarnation, boot, ephemeral key, nonce
 * answer  acceptor -> dialer   version, incarnation, boot, ephemeral key, nonce, signature
 * proof   dialer -> acceptor   signature
 * ```
 *
 * Each signature is over a domain with the signer's part and the SHA-256 of everything before it,
 * so it fits no other hello, no other part and no statement.
 */
import type { PeerId } from "@quorate/ports";
import {
  ByteReader,
  ByteWriter,
  bytesConcat,
  bytesEqual,
  DecodeError,
  digestBytes,
  type Sha256,
  utf8Encode,
} from "@quorate/prelude";
import { clusterIdBytes, signatureBytes, statementMark } from "@quorate/protocol";
import { ephemeralKeyBytes } from "./key-exchange.ts";

/** Random bytes of each side. */
export const helloNonceBytes = 32;
/** The only version of the links so far. */
export const linkVersion = 1;

const offerMark = utf8Encode("quorate/1/hello\0");
const domainBytes = 32;
const peerKinds = ["replica", "gateway"] as const;

/** Life of a side's disk and of its process, and what it adds to this hello. */
export interface HelloSide {
  readonly incarnation: number;
  readonly boot: number;
  readonly ephemeralKey: Uint8Array;
  readonly nonce: Uint8Array;
}

export interface HelloOffer extends HelloSide {
  readonly versionMin: number;
  readonly versionMax: number;
  readonly clusterId: Uint8Array;
  readonly epoch: number;
  readonly configDigest: Uint8Array;
  readonly dialer: PeerId;
  readonly acceptor: PeerId;
}

export interface HelloAnswer extends HelloSide {
  readonly version: number;
}

export function encodeOffer(offer: HelloOffer): Uint8Array {
  const writer = new ByteWriter()
    .raw(offerMark)
    .u16(offer.versionMin)
    .u16(offer.versionMax)
    .raw(offer.clusterId)
    .u64(offer.epoch)
    .raw(offer.configDigest);
  writePeer(writer, offer.dialer);
  writePeer(writer, offer.acceptor);
  writeSide(writer, offer);
  return writer.finish();
}

/** Throws DecodeError. */
export function decodeOffer(bytes: Uint8Array): HelloOffer {
  const reader = new ByteReader(bytes);
  if (!bytesEqual(reader.raw(offerMark.length), offerMark)) throw new DecodeError("no offer");
  const offer = {
    versionMin: reader.u16(),
    versionMax: reader.u16(),
    clusterId: reader.raw(clusterIdBytes),
    epoch: reader.u64(),
    configDigest: reader.raw(digestBytes),
    dialer: readPeer(reader),
    acceptor: readPeer(reader),
    ...readSide(reader),
  };
  reader.end();
  return offer;
}

/** The answer without its signature, which follows it. */
export function encodeAnswer(answer: HelloAnswer): Uint8Array {
  const writer = new ByteWriter().u16(answer.version);
  writeSide(writer, answer);
  return writer.finish();
}

/** Cuts and decodes an answer. Throws DecodeError. */
export function decodeAnswer(bytes: Uint8Array): {
  readonly answer: HelloAnswer;
  readonly unsigned: Uint8Array;
  readonly signature: Uint8Array;
} {
  const reader = new ByteReader(bytes);
  const answer = { version: reader.u16(), ...readSide(reader) };
  const unsigned = bytes.subarray(0, reader.offset);
  const signature = reader.raw(signatureBytes);
  reader.end();
  return { answer, unsigned, signature };
}

/** What a side signs: its part, and everything said before. */
export function helloSigningBytes(
  part: "hello-dial" | "hello-accept",
  sha256: Sha256,
  ...transcript: readonly Uint8Array[]
): Uint8Array {
  const domain = new Uint8Array(domainBytes);
  domain[0] = statementMark;
  domain.set(utf8Encode(`quorate/1/${part}`), 1);
  return bytesConcat(domain, sha256(...transcript));
}

function writeSide(writer: ByteWriter, side: HelloSide): void {
  writer.u32(side.incarnation).u64(side.boot).raw(side.ephemeralKey).raw(side.nonce);
}

function readSide(reader: ByteReader): HelloSide {
  return {
    incarnation: reader.u32(),
    boot: reader.u64(),
    ephemeralKey: reader.raw(ephemeralKeyBytes),
    nonce: reader.raw(helloNonceBytes),
  };
}

function writePeer(writer: ByteWriter, peer: PeerId): void {
  writer.u8(peerKinds.indexOf(peer.kind)).u16(peer.index);
}

function readPeer(reader: ByteReader): PeerId {
  const kind = peerKinds[reader.u8()];
  if (kind === undefined) throw new DecodeError("unknown kind of peer");
  return { kind, index: reader.u16() };
}
