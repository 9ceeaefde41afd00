/**
 * How a block lies on a disk: in a slot, behind a header that names it.
 *
 *     block file = slot slot slot ...                       slots of equal length
 *     slot       = header (128 bytes), zeroes to a sector, the block's bytes, anything
 *
 * Every slot has sectors of its own, so that a torn write never harms a block beside it.
 */
import {
  ByteReader,
  ByteWriter,
  bytesEqual,
  DecodeError,
  digestBytes,
  stateLeafBytesMax,
  utf8Encode,
} from "@quorate/prelude";
import type { Block } from "@quorate/protocol";
import type { Crc32 } from "./crc32.ts";
import { roundUp, sectorBytes } from "./layout.ts";

/** Bytes of the longest block: a leaf; a node is half as long. */
export const blockBytesMax = stateLeafBytesMax;

/** Bytes from the start of a slot to the block in it: the header has a sector for itself. */
export const blockOffsetInSlot = sectorBytes;

/** Bytes of one slot, whatever block it holds. */
export const blockSlotBytes = blockOffsetInSlot + roundUp(blockBytesMax, sectorBytes);

/** Bytes that a scan reads of each slot. */
export const blockHeaderBytes = 128;

/** What a header says. */
export interface BlockHeader {
  /** SHA-256 of the block's bytes: its name, and the checksum of what lies behind the header. */
  readonly digest: Uint8Array;
  /** Bytes of the block, 1 to `blockBytesMax`. */
  readonly length: number;
  /** Counts the blocks that were written: of two slots with one digest, the newer counts. */
  readonly sequence: number;
}

const magic = utf8Encode("quorate/1/block\0");
/** From here to the header's end its checksum covers it. */
const coveredFrom = magic.length + 4;
const coveredBytes = 4 + 8 + 4 + digestBytes;

/**
 * The bytes of a slot that holds a copy of the block, in whole sectors, without the header: which
 * slot it will be is decided later (`writeBlockHeader`). They lie in `memory`, if there is any: of
 * the length of a slot, with another image in it that nobody needs any more.
 */
export function blockSlotImage({ bytes }: Block, memory?: Uint8Array): Uint8Array {
  const imageBytes = blockOffsetInSlot + roundUp(bytes.length, sectorBytes);
  const image = memory?.subarray(0, imageBytes) ?? new Uint8Array(imageBytes);
  image.set(bytes, blockOffsetInSlot);
  return image;
}

/** Writes the header for this slot at the start of its bytes. */
export function writeBlockHeader(
  image: Uint8Array,
  slot: number,
  header: BlockHeader,
  crc32: Crc32,
): void {
  const covered = new ByteWriter(coveredBytes)
    .u32(slot)
    .u64(header.sequence)
    .u32(header.length)
    .raw(header.digest)
    .finish();
  image.set(new ByteWriter(coveredFrom).raw(magic).u32(crc32(covered)).finish());
  image.set(covered, coveredFrom);
}

/**
 * The header at the start of a slot; "blank" for zeroes, "unreadable" for anything else.
 *
 * A header says what was written behind it, not that it still is there: the write may have been
 * torn. Whoever reads the block checks its digest.
 */
export function readBlockHeader(
  bytes: Uint8Array,
  slot: number,
  crc32: Crc32,
): BlockHeader | "blank" | "unreadable" {
  const head = bytes.subarray(0, blockHeaderBytes);
  if (head.every((byte) => byte === 0)) return "blank";
  if (!bytesEqual(head.subarray(0, magic.length), magic)) return "unreadable";
  try {
    const reader = new ByteReader(head.subarray(magic.length));
    const checksum = reader.u32();
    if (checksum !== crc32(head.subarray(coveredFrom, coveredFrom + coveredBytes))) {
      return "unreadable";
    }
    const isHere = reader.u32() === slot;
    const [sequence, length] = [reader.u64(), reader.u32()];
    const digest = reader.raw(digestBytes).slice();
    const isLength = length > 0 && length <= blockBytesMax;
    return isHere && isLength ? { digest, length, sequence } : "unreadable";
  } catch (error) {
    if (error instanceof DecodeError) return "unreadable";
    throw error;
  }
}
