import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { moveAnnex, slabOfAnnex } from "./annex.ts";
import { moveRemembered, slabOfRemembered } from "./idempotency.ts";
import { recordsPerSlabMovesMax, slabMoveBytesMax } from "./limits.ts";
import { moveBlob } from "./message-blob.ts";
import { messageField } from "./message-record.ts";
import type { QueueState } from "./state.ts";
import { readRange } from "./wire.ts";

/** Records that may have bytes in a slab. */
interface BlobOwners {
  /** The highest record that was ever handed out. */
  readonly highest: number;
  /** The slab of the record's bytes; 0 without any. */
  slabOf(record: number): number;
  /** Gives its bytes another place; how many they are. */
  move(record: number): number;
}

/** Where pulses go on to look for bytes that keep a slab alone: which records, and from which one. */
export interface SlabMovesPlace {
  owners: number;
  record: number;
}

/**
 * Moves bytes out of slabs that are less than half full, while too much memory is held for nothing:
 * a few messages that stay, dead letters above all, would else keep every slab that they came in.
 * One round over all records leaves no such slab of those that there were at its beginning, so what
 * is held stays in proportion to what lives.
 */
export function moveOutOfSlabs(state: QueueState): void {
  const { slabMoves: place, slabs } = state;
  const all = ownersOf(state);
  let bytes = 0;
  for (let looked = 0; looked < recordsPerSlabMovesMax && bytes < slabMoveBytesMax; looked++) {
    if (!slabs.isWasteful) return;
    const owners = all[place.owners];
    if (owners === undefined || place.record > owners.highest) {
      place.owners = (place.owners + 1) % all.length;
      place.record = 1;
      continue;
    }
    if (slabs.isSparse(owners.slabOf(place.record))) bytes += owners.move(place.record);
    place.record += 1;
  }
}

/** Writes the place. */
export function writeSlabMoves(writer: ByteWriter, { owners, record }: SlabMovesPlace): void {
  writer.u8(owners).u32(record);
}

/** Reads what writeSlabMoves wrote. Throws DecodeError. */
export function readSlabMoves(reader: ByteReader): SlabMovesPlace {
  return {
    owners: readRange(reader.u8(), 0, ownersCount - 1),
    record: readRange(reader.u32(), 1, 2 ** 32),
  };
}

const ownersCount = 4;

function ownersOf(state: QueueState): readonly BlobOwners[] {
  const { messages, annexes, holders, idempotency } = state;
  return [
    {
      highest: messages.highest,
      slabOf: (record) => messages.u32(record, messageField.slab),
      move: (record) => moveBlob(state, record),
    },
    {
      highest: annexes.highest,
      slabOf: (record) => slabOfAnnex(state, record),
      move: (record) => moveAnnex(state, record),
    },
    {
      highest: holders.highest,
      slabOf: (record) => holders.slabOf(record),
      move: (record) => holders.moveBlob(record),
    },
    {
      highest: idempotency.highest,
      slabOf: (record) => slabOfRemembered(state, record),
      move: (record) => moveRemembered(state, record),
    },
  ];
}
