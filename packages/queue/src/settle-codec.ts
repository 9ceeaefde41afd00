import { type ByteReader, type ByteWriter, assert, unreachable } from "@quorate/prelude";
import type { LeaseKey } from "./ids.ts";
import {
  errorTextBytesMax,
  leaseMsMax,
  leaseMsMin,
  progressBytesMax,
  settleDelayMsMax,
  settlementsMax,
} from "./limits.ts";
import type { DeliveryError, Settle, Settlement } from "./operation.ts";
import { optional, readChoice, readOptional, readRange } from "./wire.ts";

/** The actions in the order of their wire numbers; also of the fence table's outcomes. */
export const settleActions = ["ack", "nack", "release", "reject", "extend"] as const;

/** Writes what follows the queue's name. Throws AssertionError when a limit is passed. */
export function writeSettle(writer: ByteWriter, operation: Settle): void {
  const { length } = operation.settlements;
  assert(length >= 1 && length <= settlementsMax, "1 to 1,000 settlements");
  writer.bool(operation.atomic).u32(length);
  for (const settlement of operation.settlements) writeSettlement(writer, settlement);
}

/** Reads what writeSettle wrote. Throws DecodeError. */
export function readSettle(reader: ByteReader, queue: string): Settle {
  const atomic = reader.bool();
  const count = readRange(reader.count(settlementsMax), 1, settlementsMax);
  const settlements: Settlement[] = [];
  for (let index = 0; index < count; index++) settlements.push(readSettlement(reader));
  return { type: "settle", queue, atomic, settlements };
}

function writeSettlement(writer: ByteWriter, settlement: Settlement): void {
  writer.u8(settleActions.indexOf(settlement.action));
  writer.u64(settlement.lease.fence).u32(settlement.lease.tag);
  switch (settlement.action) {
    case "ack":
      return;
    case "nack":
      optional(writer, settlement.delayMs, (delayMs) => writer.u32(delayMs));
      return writeError(writer, settlement.error);
    case "release":
      return optional(writer, settlement.delayMs, (delayMs) => writer.u32(delayMs));
    case "reject":
      return writeError(writer, settlement.error);
    case "extend":
      optional(writer, settlement.leaseMs, (leaseMs) => writer.u32(leaseMs));
      return optional(writer, settlement.progress, (progress) => writer.bytes(progress));
    default:
      return unreachable(settlement);
  }
}

function readSettlement(reader: ByteReader): Settlement {
  const action = readChoice(reader, settleActions);
  const lease: LeaseKey = { fence: reader.u64(), tag: reader.u32() };
  switch (action) {
    case "ack":
      return { action, lease };
    case "nack":
      return { action, lease, delayMs: readDelay(reader), error: readError(reader) };
    case "release":
      return { action, lease, delayMs: readDelay(reader) };
    case "reject":
      return { action, lease, error: readError(reader) };
    case "extend":
      return {
        action,
        lease,
        leaseMs: readOptional(reader, () => readRange(reader.u32(), leaseMsMin, leaseMsMax)),
        progress: readOptional(reader, () => reader.lengthPrefixed(progressBytesMax)),
      };
    default:
      return unreachable(action);
  }
}

function readDelay(reader: ByteReader): number | null {
  return readOptional(reader, () => readRange(reader.u32(), 0, settleDelayMsMax));
}

function writeError(writer: ByteWriter, error: DeliveryError | null): void {
  optional(writer, error, ({ type, message }) => writer.string(type).string(message));
}

function readError(reader: ByteReader): DeliveryError | null {
  return readOptional(reader, () => ({
    type: reader.string(errorTextBytesMax),
    message: reader.string(errorTextBytesMax),
  }));
}
