/**
 * One slot of the log: an immutable header, chained by hash, and the requests it orders.
 *
 * The commit number is not part of the hashed header (rule S8), so an entry that is sent again
 * with newer news is still the same entry.
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
import { type Codec, type Coded, fixed, numberAs, record, u32, u64 } from "./codec.ts";
import { entryBodyBytesMax, requestBytesMax, requestsPerEntryMax } from "./limits.ts";
import { asEpoch, asOp, asTimestampMicros, asView, type Op } from "./numbers.ts";

export const opCodec = numberAs(u64, asOp);
export const viewCodec = numberAs(u64, asView);
export const epochCodec = numberAs(u64, asEpoch);
export const digestCodec: Codec<Uint8Array> = fixed(digestBytes);

/** Bytes of random drawn by the primary for each entry; lease ids are made of them. */
export const entryRandomBytes = 16;

export const entryHeaderCodec = record({
  epoch: epochCodec,
  /** The view in which the entry was created; it keeps it through later views. */
  view: viewCodec,
  op: opCodec,
  /** Hash of the header before it; of op 1 the cluster's genesis digest. */
  parent: digestCodec,
  timestampMicros: numberAs(u64, asTimestampMicros),
  /** Merkle root over the body's parts. */
  requestsDigest: digestCodec,
  bodyBytes: u32,
});
export type EntryHeader = Coded<typeof entryHeaderCodec>;
/** Length of an encoded entry header. */
export const entryHeaderBytes = 8 * 4 + 2 * digestBytes + 4;

/** One thing that an entry orders: a client's signed request, or a pulse of the primary's. */
export type EntryItem =
  | { readonly kind: "request"; readonly statement: Uint8Array }
  | { readonly kind: "pulse" };

/** What an entry carries: random bytes and the items; none of them is a no-op. */
export interface EntryBody {
  readonly random: Uint8Array;
  readonly items: readonly EntryItem[];
}

export interface Entry {
  readonly header: EntryHeader;
  /** The header's hash: the entry's identity. */
  readonly hash: Uint8Array;
  readonly body: Uint8Array;
}

const headerDomain = utf8Encode("quorate/1/entry-header\0");
const leafDomain = Uint8Array.of(0);
const nodeDomain = Uint8Array.of(1);
const itemKinds = { request: 0, pulse: 1 } as const;

export function encodeEntryHeader(header: EntryHeader): Uint8Array {
  const writer = new ByteWriter(entryHeaderBytes);
  entryHeaderCodec.encode(writer, header);
  return writer.finish();
}

/** Throws DecodeError. */
export function decodeEntryHeader(bytes: Uint8Array): EntryHeader {
  const reader = new ByteReader(bytes);
  const header = entryHeaderCodec.decode(reader);
  reader.end();
  return header;
}

export function hashEntryHeader(header: EntryHeader, sha256: Sha256): Uint8Array {
  const writer = new ByteWriter(entryHeaderBytes);
  entryHeaderCodec.encode(writer, header);
  return writer.digest(sha256, headerDomain);
}

export function encodeEntryBody(body: EntryBody): Uint8Array {
  const size = body.items.reduce((sum, item) => sum + 5 + itemLength(item), 0);
  const writer = new ByteWriter(entryRandomBytes + 4 + size);
  writer.raw(body.random).u32(body.items.length);
  for (const item of body.items) {
    writer.u8(itemKinds[item.kind]);
    if (item.kind === "request") writer.bytes(item.statement);
  }
  return writer.finish();
}

/** Throws DecodeError. The statements are slices of `bytes`. */
export function decodeEntryBody(bytes: Uint8Array): EntryBody {
  const reader = new ByteReader(bytes);
  const random = reader.raw(entryRandomBytes);
  const count = reader.count(requestsPerEntryMax);
  const items: EntryItem[] = [];
  for (let index = 0; index < count; index++) {
    const kind = reader.u8();
    if (kind === itemKinds.request) {
      items.push({ kind: "request", statement: reader.lengthPrefixed(requestBytesMax) });
    } else if (kind === itemKinds.pulse) {
      items.push({ kind: "pulse" });
    } else {
      throw new DecodeError("unknown kind of entry item");
    }
  }
  reader.end();
  return { random, items };
}

/**
 * Merkle root over a body: one leaf for the random bytes, one for each item; every leaf and node
 * is hashed under its own prefix (RFC 6962 §2.1).
 */
export function digestEntryBody(body: EntryBody, sha256: Sha256): Uint8Array {
  let level = [sha256(leafDomain, body.random)];
  for (const item of body.items) {
    const kind = Uint8Array.of(itemKinds[item.kind]);
    level.push(
      item.kind === "request" ? sha256(leafDomain, kind, item.statement) : sha256(leafDomain, kind),
    );
  }
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const left = level[index] as Uint8Array;
      const right = level[index + 1];
      next.push(right === undefined ? left : sha256(nodeDomain, left, right));
    }
    level = next;
  }
  return level[0] as Uint8Array;
}

/** Whether the body is the one that the header names, in canonical form. */
export function isBodyOf(header: EntryHeader, body: Uint8Array, sha256: Sha256): boolean {
  if (body.length !== header.bodyBytes || body.length > entryBodyBytesMax) return false;
  try {
    return bytesEqual(digestEntryBody(decodeEntryBody(body), sha256), header.requestsDigest);
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** What op 0 would hash to: the parent of the first entry. */
export function genesisHash(configurationDigest: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(utf8Encode("quorate/1/genesis\0"), configurationDigest);
}

/** Where the log of a new cluster begins. */
export function genesisBase(configurationDigest: Uint8Array, sha256: Sha256): LogBase {
  const hash = genesisHash(configurationDigest, sha256);
  return { op: asOp(0), hash, timestampMicros: asTimestampMicros(0) };
}

/** A place in the log with its identity. */
export interface LogPosition {
  readonly op: Op;
  readonly hash: Uint8Array;
}

export const logPositionCodec = record({ op: opCodec, hash: digestCodec });

/**
 * Where the log begins: everything through this op is part of a certified checkpoint and has been
 * freed. Op 0 and the genesis hash at first.
 */
export const logBaseCodec = record({
  op: opCodec,
  hash: digestCodec,
  /** The replicated time of that op; 0 of op 0. */
  timestampMicros: numberAs(u64, asTimestampMicros),
});
export type LogBase = Coded<typeof logBaseCodec>;

function itemLength(item: EntryItem): number {
  return item.kind === "request" ? item.statement.length : 0;
}
