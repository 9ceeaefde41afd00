import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";
import type { MessageKey } from "./ids.ts";
import type { SettleAction } from "./operation.ts";
import { settleActions } from "./settle-codec.ts";
import { readChoice } from "./wire.ts";

/** What a message is after a settlement. */
export type MessageState = "scheduled" | "ready" | "leased" | "done" | "dead";

/** Why a lease is no more (contract, "Settle"). */
export type LeaseLostReason =
  | "expired"
  | "group-rewound"
  | "superseded"
  | "settled"
  | "dead"
  | "purged";

/** A limit that a refusal names; the gateway shows it as `limit`. */
export type LimitName =
  | "maxMessages"
  | "maxBytes"
  | "maxInFlight"
  | "bodyBytesMax"
  | "retentionMs"
  | "queuesMax"
  | "dedupRecordsMax"
  | "dedupRecordsClusterMax"
  | "idempotencyRecordsMax"
  | "adminKeysMax"
  | "tasksMax"
  | "tasksRunningMax"
  | "dequeueReplaysMax"
  | "revocationsMax"
  | "revocationAheadMsMax";

/** Why nothing was done, in the codes of the contract ("Errors"). */
export type Refusal =
  | { readonly code: PlainCode }
  | { readonly code: LimitCode; readonly limit: LimitName; readonly max: number }
  | { readonly code: "dedup-conflict"; readonly original: MessageKey }
  | { readonly code: "lease-lost"; readonly reason: LeaseLostReason }
  | {
      readonly code: "already-settled";
      readonly action: SettleAction;
      readonly state: MessageState;
    };

type PlainCode = (typeof plainCodes)[number];
type LimitCode = (typeof limitCodes)[number];

const plainCodes = [
  "queue-not-found",
  "queue-exists",
  "etag-mismatch",
  "precondition-required",
  "idempotency-mismatch",
  "dequeue-id-reused",
  "lease-unknown",
  "paused",
  "purge-denied",
  "delete-denied",
  "queue-not-empty",
  "message-not-found",
  "message-leased",
  "task-not-found",
] as const;

const limitCodes = [
  "queue-full",
  "payload-too-large",
  "limit-exceeded",
  "in-flight-limit",
  "dedup-capacity",
  "dequeue-capacity",
  "rate-limited",
] as const;

const limitNames: readonly LimitName[] = [
  "maxMessages",
  "maxBytes",
  "maxInFlight",
  "bodyBytesMax",
  "retentionMs",
  "queuesMax",
  "dedupRecordsMax",
  "dedupRecordsClusterMax",
  "idempotencyRecordsMax",
  "dequeueReplaysMax",
  "revocationsMax",
  "revocationAheadMsMax",
  "adminKeysMax",
  "tasksMax",
  "tasksRunningMax",
];

/** The states and reasons in the order of their wire numbers. */
export const messageStates: readonly MessageState[] = [
  "scheduled",
  "ready",
  "leased",
  "done",
  "dead",
];
export const leaseLostReasons: readonly LeaseLostReason[] = [
  "expired",
  "group-rewound",
  "superseded",
  "settled",
  "dead",
  "purged",
];

const limitBase = 32;
const dedupConflict = 64;
const leaseLost = 65;
const alreadySettled = 66;

/** Writes the refusal; its one spelling. */
export function writeRefusal(writer: ByteWriter, refusal: Refusal): void {
  if (refusal.code === "dedup-conflict") {
    writer.u8(dedupConflict).u64(refusal.original.op).u32(refusal.original.index);
  } else if (refusal.code === "lease-lost") {
    writer.u8(leaseLost).u8(leaseLostReasons.indexOf(refusal.reason));
  } else if (refusal.code === "already-settled") {
    writer.u8(alreadySettled).u8(settleActions.indexOf(refusal.action));
    writer.u8(messageStates.indexOf(refusal.state));
  } else if ("limit" in refusal) {
    writer.u8(limitBase + limitCodes.indexOf(refusal.code));
    writer.u8(limitNames.indexOf(refusal.limit)).u64(refusal.max);
  } else {
    writer.u8(plainCodes.indexOf(refusal.code));
  }
}

/** Reads what writeRefusal wrote. Throws DecodeError. */
export function readRefusal(reader: ByteReader): Refusal {
  const tag = reader.u8();
  if (tag === dedupConflict) {
    return { code: "dedup-conflict", original: { op: reader.u64(), index: reader.u32() } };
  }
  if (tag === leaseLost)
    return { code: "lease-lost", reason: readChoice(reader, leaseLostReasons) };
  if (tag === alreadySettled) {
    const action = readChoice(reader, settleActions);
    return { code: "already-settled", action, state: readChoice(reader, messageStates) };
  }
  const limitCode = limitCodes[tag - limitBase];
  if (limitCode !== undefined) {
    return { code: limitCode, limit: readChoice(reader, limitNames), max: reader.u64() };
  }
  const plainCode = plainCodes[tag];
  if (plainCode === undefined) throw new DecodeError("unknown refusal");
  return { code: plainCode };
}
