import {
  bytesConcat,
  ByteReader,
  ByteWriter,
  DecodeError,
  stateLeafBytesMax,
  utf8Encode,
} from "@quorate/prelude";
import { PageClaims, plainOwner } from "./page-claims.ts";
import type { QueueState } from "./state.ts";

/** Changes with whatever a state says, so that no version takes another's for its own. */
const mark = utf8Encode("quorate/1/queue-state/9");
/** Length of the run of bytes, itself included: its first four bytes. */
const lengthBytes = 4;
/** Bytes of the whole run at most: above, a state would have more queues and pages than fit. */
const metaBytesMax = 256 * 1024 * 1024;

/**
 * Everything that a state says beside the content of its pages and slabs: which page is whose, the
 * free pages in the order in which they will be used, the clocks, counters and lists, the queues.
 * One run of bytes; equal logs give equal ones.
 */
export function writeStateMeta(state: QueueState): Uint8Array {
  const writer = new ByteWriter(stateLeafBytesMax);
  const { idCount, freeIds } = state.pages;
  writer.u32(0).raw(mark).u32(idCount).u32(freeIds.length);
  for (const page of freeIds) writer.u32(page);
  state.write(writer);
  const bytes = writer.finish();
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, bytes.length, true);
  return bytes;
}

/** Cuts the run into leaves. */
export function metaLeaves(meta: Uint8Array): readonly Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < meta.length; at += stateLeafBytesMax) {
    leaves.push(meta.subarray(at, at + stateLeafBytesMax));
  }
  return leaves;
}

/** Puts the run together again from its leaves, which come first of all. */
export class StateMetaReader {
  private readonly leaves: Uint8Array[] = [];
  private readonly state: QueueState;
  private missingBytes = lengthBytes;

  /** `state` is empty, and will be what the leaves say, but for the content of pages and slabs. */
  constructor(state: QueueState) {
    this.state = state;
  }

  /** Takes the next leaf. Returns whose the pages are after the last. Throws DecodeError. */
  add(leaf: Uint8Array): PageClaims | null {
    if (this.leaves.length === 0) this.missingBytes = lengthOf(leaf);
    if (leaf.length !== Math.min(this.missingBytes, stateLeafBytesMax)) {
      throw new DecodeError("length of a leaf");
    }
    this.leaves.push(leaf);
    this.missingBytes -= leaf.length;
    if (this.missingBytes > 0) return null;
    return restore(this.state, bytesConcat(...this.leaves));
  }
}

function lengthOf(firstLeaf: Uint8Array): number {
  const length = new ByteReader(firstLeaf).u32();
  if (length < lengthBytes || length > metaBytesMax) throw new DecodeError("length of the run");
  return length;
}

function restore(state: QueueState, meta: Uint8Array): PageClaims {
  const reader = new ByteReader(meta.subarray(lengthBytes));
  for (const byte of mark) if (reader.u8() !== byte) throw new DecodeError("not our state");
  const idCount = reader.u32();
  const claims = new PageClaims(idCount, reader);
  const freeCount = reader.u32();
  const freeIds: number[] = [];
  for (let at = 0; at < freeCount; at++) freeIds.push(claims.read(reader, plainOwner, at));
  state.restore(reader, claims);
  reader.end();
  claims.end();
  state.pages.restore(idCount, freeIds);
  return claims;
}
