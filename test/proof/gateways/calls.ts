/** The calls that every gateway repeats, and what their answers must have in common. */
import { nodeCrypto } from "@quorate/identity";
import { utf8Encode } from "@quorate/prelude";
import {
  dedupIdHash,
  dequeueIdHash,
  type Dequeued,
  type Enqueued,
  encodeOperation,
  idempotencyKeyHash,
  type LeaseKey,
  leaseIdText,
  messageFingerprint,
  messageIdText,
  type NewMessage,
  type Operation,
  type Outcome,
  type Settled,
} from "@quorate/queue";

const { sha256 } = nodeCrypto;

/** The queue of the trial. */
export const queue = "gateways";
/** One caller behind all gateways: ids are private to it. */
const principal = "issuer caller";
/** Longer than a trial: who got a lease keeps it, and every replay names the same ones. */
const leaseMs = 3_600_000;
const messagesPerDequeue = 2;

/** A call with an id, which every gateway may make again. */
export interface SharedCall {
  readonly name: string;
  readonly operation: Uint8Array;
}

/** Makes the queue. */
export const makeQueue: Uint8Array = encodeOperation({
  type: "put-queue",
  queue,
  config: {},
  precondition: { kind: "none" },
});

/** An enqueue that is known by its dedupId, or (odd numbers) by its Idempotency-Key. */
export function enqueueCall(number: number): SharedCall {
  const message = messageOf(number);
  const key = {
    hash: idempotencyKeyHash(sha256, principal, `key-${number}`),
    fingerprint: fingerprintOf(message),
  };
  const isKeyed = number % 2 === 1;
  return {
    name: `enqueue ${number}`,
    operation: encodeOperation({
      type: "enqueue",
      queue,
      form: "single",
      idempotency: isKeyed ? key : null,
      messages: [isKeyed ? message : withDedup(message, number)],
    }),
  };
}

/** A dequeue that is known by its dequeueId. */
export function dequeueCall(number: number): SharedCall {
  const operation: Operation = {
    type: "dequeue",
    queue,
    principal,
    worker: null,
    dequeueHash: dequeueIdHash(sha256, principal, `dequeue-${number}`),
    from: "ready",
    max: messagesPerDequeue,
    maxPerGroup: null,
    mode: "lease",
    leaseMs,
  };
  return { name: `dequeue ${number}`, operation: encodeOperation(operation) };
}

/** An ack, known by its lease. */
export function ackCall(lease: LeaseKey): SharedCall {
  const settlements = [{ action: "ack" as const, lease }];
  return {
    name: `ack ${leaseIdText(lease)}`,
    operation: encodeOperation({ type: "settle", queue, atomic: false, settlements }),
  };
}

/** What an answer says of its call's effect. */
export interface Effect {
  /** Whether this very execution did it; the others of the same call must not have. */
  readonly isFirst: boolean;
  /** The same for every answer of the call. */
  readonly result: string;
  /** Leases that were given. */
  readonly leases: readonly LeaseKey[];
}

/** Reads an answer; null when it promises nothing (a dequeue that found nothing). */
export function effectOf(outcome: Outcome): Effect | null {
  const effect =
    (outcome.type === "enqueued" && effectOfEnqueue(outcome)) ||
    (outcome.type === "settled" && effectOfAck(outcome));
  if (effect) return effect;
  if (outcome.type === "dequeued") return effectOfDequeue(outcome);
  return { isFirst: false, result: `refused: ${JSON.stringify(outcome)}`, leases: [] };
}

function effectOfEnqueue({ results: [result] }: Enqueued): Effect | null {
  if (result === undefined || result.status === "refused") return null;
  const text = `${messageIdText(result.message)} ${result.seq}`;
  return { isFirst: result.status === "accepted", result: text, leases: [] };
}

function effectOfAck({ results: [result] }: Settled): Effect | null {
  if (result === undefined || result.status === "refused") return null;
  return { isFirst: !result.alreadySettled, result: result.state, leases: [] };
}

function effectOfDequeue({ messages, lost, replayed }: Dequeued): Effect | null {
  if (messages.length + lost.length === 0) return null;
  const leasesOf = (of: readonly { readonly lease: LeaseKey | null }[]): readonly LeaseKey[] =>
    of.flatMap(({ lease }) => (lease === null ? [] : [lease]));
  const given = leasesOf(messages);
  const names = [...given, ...leasesOf(lost)].map(leaseIdText).toSorted().join(" ");
  return { isFirst: !replayed, result: names, leases: given };
}

function messageOf(number: number): NewMessage {
  return {
    kind: "json",
    body: utf8Encode(String(number)),
    contentType: utf8Encode("application/json"),
    group: null,
    dedup: null,
    headers: new Uint8Array(0),
    priority: 4,
    delayMs: null,
    notBeforeMs: null,
    maxFailures: null,
    ttlMs: null,
  };
}

function withDedup(message: NewMessage, number: number): NewMessage {
  const id = utf8Encode(`message-${number}`);
  return {
    ...message,
    dedup: { id, hash: dedupIdHash(sha256, id), fingerprint: fingerprintOf(message) },
  };
}

function fingerprintOf({ kind, contentType, body }: NewMessage): Uint8Array {
  return messageFingerprint(sha256, { kind, contentType, groupId: null, notBeforeMs: null, body });
}
