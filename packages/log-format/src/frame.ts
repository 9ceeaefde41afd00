/** The first 192 bytes of a record: which record it is, where it belongs, and its checksums. */
import { ByteWriter, type Sha256, utf8Encode } from "@quorate/prelude";
import type { Crc32 } from "./crc32.ts";
import { frameAt, frameBytes, recordKinds, tagBytes } from "./layout.ts";

/**
 * What a journal is called in each of its records, and how it is checked.
 *
 * The tag is secret to the journal: a client cannot write bytes into a message body that a scan
 * would take for a record.
 */
export interface RecordFormat {
  readonly tag: Uint8Array;
  readonly crc32: Crc32;
}

/** Length in bytes of the random number that makes one journal's tag unlike any other's. */
export const journalIdBytes = 16;

/** The tag of the journal of one replica of one cluster on one disk. */
export function journalTag(
  owner: { readonly clusterId: Uint8Array; readonly replica: number },
  journalId: Uint8Array,
  sha256: Sha256,
): Uint8Array {
  const identity = new ByteWriter()
    .raw(utf8Encode("quorate/1/journal\0"))
    .raw(owner.clusterId)
    .u32(owner.replica)
    .raw(journalId);
  return sha256(identity.finish()).slice(0, tagBytes);
}

/** Bytes of a batch or a segment, and the same bytes as numbers. */
export interface FrameBuffer {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** The bytes with a view on them. */
export function frameBuffer(bytes: Uint8Array): FrameBuffer {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** What every record says about itself. */
export interface RecordPlace {
  readonly kind: number;
  readonly payloadBytes: number;
  /** Number of the segment, from 1. */
  readonly segment: number;
  /** Bytes from the segment's start. */
  readonly offset: number;
  /** Position among the entries of its batch, from 0; of names always 0. */
  readonly indexInBatch: number;
  /** Counts the batches of the journal from 1. */
  readonly batch: number;
  /** Counts the entry records of the journal from 1; of names: that of the entry that follows. */
  readonly sequence: number;
}

/**
 * Writes a frame at `at`. What stands behind `sequence`, up to the frame's end, must be in place
 * already, because the checksum covers it.
 */
export function writeFrame(
  buffer: FrameBuffer,
  at: number,
  place: RecordPlace,
  payload: Uint8Array,
  format: RecordFormat,
): void {
  const { bytes, view } = buffer;
  bytes.set(format.tag, at + frameAt.tag);
  view.setUint32(at + frameAt.payloadChecksum, format.crc32(payload), true);
  view.setUint32(at + frameAt.payloadBytes, place.payloadBytes, true);
  view.setUint32(at + frameAt.kind, place.kind, true);
  view.setUint32(at + frameAt.segment, place.segment, true);
  view.setUint32(at + frameAt.offset, place.offset, true);
  view.setUint32(at + frameAt.indexInBatch, place.indexInBatch, true);
  setU64(view, at + frameAt.batch, place.batch);
  setU64(view, at + frameAt.sequence, place.sequence);
  const checked = bytes.subarray(at + frameAt.payloadChecksum, at + frameBytes);
  view.setUint32(at + frameAt.frameChecksum, format.crc32(checked), true);
}

/** The place that the frame at `at` claims, or null when there is no whole, unharmed frame. */
export function readFrame(
  buffer: FrameBuffer,
  at: number,
  format: RecordFormat,
): RecordPlace | null {
  const { bytes, view } = buffer;
  if (at + frameBytes > bytes.length) return null;
  if (!hasTag(bytes, at, format.tag)) return null;
  const checked = bytes.subarray(at + frameAt.payloadChecksum, at + frameBytes);
  if (format.crc32(checked) !== view.getUint32(at + frameAt.frameChecksum, true)) return null;
  const kind = view.getUint32(at + frameAt.kind, true);
  if (kind !== recordKinds.entry && kind !== recordKinds.names) return null;
  return {
    kind,
    payloadBytes: view.getUint32(at + frameAt.payloadBytes, true),
    segment: view.getUint32(at + frameAt.segment, true),
    offset: view.getUint32(at + frameAt.offset, true),
    indexInBatch: view.getUint32(at + frameAt.indexInBatch, true),
    batch: getU64(view, at + frameAt.batch),
    sequence: getU64(view, at + frameAt.sequence),
  };
}

function hasTag(bytes: Uint8Array, at: number, tag: Uint8Array): boolean {
  for (let index = 0; index < tagBytes; index++) {
    if (bytes[at + index] !== tag[index]) return false;
  }
  return true;
}

/** Whether the payload behind the frame at `at` is whole and has the frame's checksum. */
export function isPayloadIntact(
  buffer: FrameBuffer,
  at: number,
  payloadBytes: number,
  crc32: Crc32,
): boolean {
  const end = at + frameBytes + payloadBytes;
  if (end > buffer.bytes.length) return false;
  const payload = buffer.bytes.subarray(at + frameBytes, end);
  return crc32(payload) === buffer.view.getUint32(at + frameAt.payloadChecksum, true);
}

/** Writes a safe integer as eight little-endian bytes. */
export function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 0x1_0000_0000, true);
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
}

/** Reads eight little-endian bytes; exact below 2^53. */
export function getU64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
}
