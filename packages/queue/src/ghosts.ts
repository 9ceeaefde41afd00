import type { ByteReader, ByteWriter } from "@quorate/prelude";
import type { RecordTable } from "./record-table.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { SeqMap } from "./seq-map.ts";
import { readChoice } from "./wire.ts";

/** What a message of a queue is, as its record says it; `ready` are the blocked ones too. */
export type StoredState = (typeof storedStates)[number];

/** In the order of their wire numbers. */
export const storedStates = ["scheduled", "ready", "leased", "dead"] as const;

/**
 * What a purge took out of a queue as a whole: the sets in which the messages of one state were.
 * Those messages are gone for everybody; pulses free them one by one.
 */
export interface Ghosts {
  readonly state: StoredState;
  readonly seqs: SeqBitset;
  /** Of dead ones by the number of their death; else nothing. */
  readonly deaths: SeqMap;
}

/** Writes them; what lies in blocks is in pages. */
export function writeGhosts(writer: ByteWriter, ghosts: Ghosts): void {
  writer.u8(storedStates.indexOf(ghosts.state));
  ghosts.seqs.write(writer);
  ghosts.deaths.write(writer);
}

/** Reads what writeGhosts wrote; `blocks` is restored. Throws DecodeError. */
export function readGhosts(reader: ByteReader, blocks: RecordTable): Ghosts {
  const state = readChoice(reader, storedStates);
  const seqs = new SeqBitset(blocks);
  seqs.restore(reader);
  const deaths = new SeqMap(blocks);
  deaths.restore(reader);
  return { state, seqs, deaths };
}
