import type { ByteReader, ByteWriter } from "@quorate/prelude";
import type { DeleteMessage, Purge, PurgedState } from "./operation.ts";
import { readRange } from "./wire.ts";

/** The states that can be purged, in the order of their bits. */
export const purgedStates: readonly PurgedState[] = ["ready", "scheduled", "leased", "dead"];

/**
 * Writes what follows the queue's name: a bit for each state, so that the order in which they were
 * named is no part of the operation.
 */
export function writePurge(writer: ByteWriter, { states }: Purge): void {
  writer.u8(states.reduce((mask, state) => mask | (1 << purgedStates.indexOf(state)), 0));
}

/** Reads what writePurge wrote. Throws DecodeError. */
export function readPurge(reader: ByteReader, queue: string): Purge {
  const mask = readRange(reader.u8(), 1, (1 << purgedStates.length) - 1);
  const states = purgedStates.filter((_, bit) => (mask & (1 << bit)) !== 0);
  return { type: "purge", queue, states };
}

/** Writes what follows the queue's name. */
export function writeDeleteMessage(writer: ByteWriter, { message, force }: DeleteMessage): void {
  writer.u64(message.op).u32(message.index).bool(force);
}

/** Reads what writeDeleteMessage wrote. Throws DecodeError. */
export function readDeleteMessage(reader: ByteReader, queue: string): DeleteMessage {
  const message = { op: reader.u64(), index: reader.u32() };
  return { type: "delete-message", queue, message, force: reader.bool() };
}
