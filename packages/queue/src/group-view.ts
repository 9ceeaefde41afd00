import type { ByteReader, ByteWriter } from "@quorate/prelude";
import type { MessageKey } from "./ids.ts";
import { labelBytesMax } from "./limits.ts";
import { readChoice, readRange } from "./wire.ts";

/**
 * What a group is. `ready`: its head can be delivered. `locked`: one of its messages is leased.
 * `dead`: one of them lies dead and holds it up, or there are only dead letters. `waiting`: one of
 * them, or all that there is, waits for its time.
 */
export type GroupViewState = (typeof groupViewStates)[number];

/** In the order of their wire numbers. */
export const groupViewStates = ["ready", "locked", "waiting", "dead"] as const;

/** A group as reads show it. Times are in milliseconds since 1970; bytes are views. */
export interface GroupView {
  readonly groupId: Uint8Array;
  readonly state: GroupViewState;
  /** Messages that are to be delivered and are not leased: ready, blocked and scheduled. */
  readonly waiting: number;
  /** The first in order; without an order the oldest of the group. */
  readonly head: MessageKey;
  /** Since when the head is what it is. */
  readonly sinceMs: number;
}

/** Writes the view; its one spelling. */
export function writeGroupView(writer: ByteWriter, view: GroupView): void {
  writer.u8(view.groupId.length).raw(view.groupId);
  writer.u8(groupViewStates.indexOf(view.state)).u32(view.waiting);
  writer.u64(view.head.op).u32(view.head.index).u64(view.sinceMs);
}

/** Reads what writeGroupView wrote. Throws DecodeError. */
export function readGroupView(reader: ByteReader): GroupView {
  return {
    groupId: reader.raw(readRange(reader.u8(), 1, labelBytesMax)),
    state: readChoice(reader, groupViewStates),
    waiting: reader.u32(),
    head: { op: reader.u64(), index: reader.u32() },
    sinceMs: reader.u64(),
  };
}
