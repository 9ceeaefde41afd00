/** Sending many messages in one op. */
import {
  ApiError,
  batchBytesMax,
  batchEntriesMax,
  enqueueBatch,
  errors,
  type Held,
  message,
  problemOf,
  type ShapeFault,
} from "@quorate/contract";
import {
  type Enqueued,
  type EnqueueResult,
  idempotencyKeyHash,
  messageIdText,
  type NewMessage,
  requestFingerprint,
} from "@quorate/queue";
import type { Answer } from "./answer.ts";
import type { Call, Serve } from "./call.ts";
import { ask, type Conversation, type Coord, execute } from "./conversation.ts";
import type { Host } from "./host.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";
import { refuseOptionHeaders } from "./raw-message.ts";
import { coordText, timeText } from "./json-text.ts";
import { type MessageSource, newMessage, type SentMessage, sourceOf } from "./new-message.ts";
import { refusalError } from "./refusal-error.ts";
import { faultsError } from "./request-json.ts";

type BatchCall = Call<Held<typeof enqueueBatch.body & object>>;

/** `POST …/enqueue/batch`. */
export function serveEnqueueBatch(serve: Serve, host: Host): void {
  serve(enqueueBatch, (call) => enqueueMany(host, call));
}

/** An entry is a message, or why it cannot be one. */
type Entry = NewMessage | ApiError;

function isWhole(entry: Entry): entry is NewMessage {
  return !(entry instanceof ApiError);
}

function* enqueueMany(host: Host, call: BatchCall): Conversation<Answer> {
  const { atomic = false, messages: sent } = call.body;
  refuseOptionHeaders(call);
  const key = idempotencyKeyOf(call.request);
  refuseCount(sent.length);
  const entries = entriesOf(sent, sourceOf(host, call));
  const messages = entries.filter(isWhole);
  refuseBytes(messages);
  const index = entries.findIndex((entry) => entry instanceof ApiError);
  const failed = entries[index];
  if (atomic && failed instanceof ApiError) throw entryError(failed, index);
  if (messages.length === 0 && key === null) return yield* refusedAll(call, entries);
  const { outcome, coord } = yield* execute(
    {
      type: "enqueue",
      queue: call.queue,
      form: atomic ? "atomic" : "batch",
      idempotency: key === null ? null : idempotencyOf(host, call, key),
      messages,
    },
    {
      expects: "enqueued",
      isRepeatable: key !== null || messages.every(({ dedup }) => dedup !== null),
    },
  );
  return batchAnswer(call, { entries, outcome, coord });
}

function idempotencyOf({ sha256 }: Host, call: BatchCall, key: string) {
  return {
    hash: idempotencyKeyHash(sha256, call.principal.id, key),
    fingerprint: requestFingerprint(sha256, call.bytes),
  };
}

function refuseCount(count: number): void {
  const facts = { limit: "batchMessagesMax", max: batchEntriesMax };
  const detail = `A batch has 1 to ${batchEntriesMax} messages.`;
  if (count === 0) throw new ApiError("limit-exceeded", { ...facts, detail });
  if (count > batchEntriesMax) throw new ApiError("payload-too-large", { ...facts, detail });
}

function refuseBytes(messages: readonly NewMessage[]): void {
  let bytes = 0;
  for (const { body } of messages) bytes += body.length;
  if (bytes <= batchBytesMax) return;
  const detail = `The bodies of a batch are at most ${batchBytesMax} bytes.`;
  throw new ApiError("payload-too-large", { detail, limit: "batchBytesMax", max: batchBytesMax });
}

function entriesOf(sent: readonly unknown[], source: MessageSource): readonly Entry[] {
  const faults: ShapeFault[] = [];
  return sent.map((entry, index) => {
    if (isMessage(entry, faults)) return newEntry(entry, index, source);
    const found = faults.splice(0);
    return faultsError(
      found.map((fault) => ({ ...fault, pointer: pointerIn(index, fault.pointer) })),
    );
  });
}

function isMessage(entry: unknown, faults: ShapeFault[]): entry is SentMessage {
  return message.holds(entry, faults);
}

function pointerIn(index: number, pointer: string): string {
  return `/messages/${index}${pointer}`;
}

function newEntry(sent: SentMessage, index: number, source: MessageSource): Entry {
  try {
    return newMessage(sent, source);
  } catch (error) {
    // What is wrong with one entry is that entry's answer; anything else is a bug.
    if (!(error instanceof ApiError)) throw error;
    const { code, facts } = error;
    const faults = facts.errors?.map(({ pointer, detail }) => ({
      pointer: pointerIn(index, pointer),
      detail,
    }));
    const [first] = faults ?? [];
    if (faults === undefined || first === undefined) return error;
    const detail = `${first.pointer}: ${first.detail}.`;
    return new ApiError(code, { ...facts, errors: faults, detail });
  }
}

function entryError(error: ApiError, index: number): ApiError {
  return new ApiError(error.code, { ...error.facts, index });
}

/**
 * Nothing was left to send, and no key to use up: the queue is read, so that the answer has a
 * coordinate.
 */
function* refusedAll(call: BatchCall, entries: readonly Entry[]): Conversation<Answer> {
  const question = { type: "get-queue", queue: call.queue } as const;
  const { answer, coord } = yield* ask(question, { expects: "queue" });
  if (answer.view === null) throw new ApiError("queue-not-found");
  const results = entries.map((entry) => refusedText(entry, call.requestId));
  return {
    status: 200,
    body: bodyOf(results, { accepted: 0, duplicates: 0, enqueuedAtMs: null, coord }),
  };
}

function batchAnswer(
  call: BatchCall,
  done: { readonly entries: readonly Entry[]; readonly outcome: Enqueued; readonly coord: Coord },
): Answer {
  const { entries, outcome, coord } = done;
  let accepted = 0;
  let duplicates = 0;
  let next = 0;
  const results: string[] = [];
  for (const entry of entries) {
    if (entry instanceof ApiError) {
      results.push(refusedText(entry, call.requestId));
      continue;
    }
    const result = outcome.results[next++];
    if (result?.status === "accepted") accepted += 1;
    if (result?.status === "duplicate") duplicates += 1;
    results.push(resultText(result, call.requestId));
  }
  const enqueuedAtMs = outcome.results.length === 0 ? null : outcome.enqueuedAtMs;
  return {
    status: 200,
    body: bodyOf(results, { accepted, duplicates, enqueuedAtMs, coord }),
    ...(outcome.replayed
      ? { headers: { "Idempotency-Replayed": "true" } }
      : { counts: { enqueued: accepted } }),
  };
}

function resultText(result: EnqueueResult | undefined, requestId: string): string {
  if (result === undefined) throw new Error("fewer results than messages");
  if (result.status === "refused") return refusedText(refusalError(result.refusal), requestId);
  const duplicate = result.status === "duplicate";
  return (
    `{"status":${duplicate ? 200 : 201},"messageId":"${messageIdText(result.message)}",` +
    `"seq":${result.seq},"duplicate":${duplicate}}`
  );
}

function refusedText(error: Entry, requestId: string): string {
  if (!(error instanceof ApiError)) throw new Error("only refused entries are left");
  const problem = JSON.stringify(problemOf(error, requestId));
  return `{"status":${errors[error.code].status},"problem":${problem}}`;
}

function bodyOf(
  results: readonly string[],
  sums: {
    readonly accepted: number;
    readonly duplicates: number;
    readonly enqueuedAtMs: number | null;
    readonly coord: Coord;
  },
): string {
  const { accepted, duplicates, enqueuedAtMs, coord } = sums;
  const refused = results.length - accepted - duplicates;
  return (
    `{"results":[${results.join(",")}],` +
    `"summary":{"accepted":${accepted},"duplicates":${duplicates},"refused":${refused}},` +
    `"enqueuedAt":${timeText(enqueuedAtMs)},"coord":${coordText(coord)}}`
  );
}
