/** How the gateway of a test stores messages. */
import {
  ApiError,
  enqueue,
  enqueueBatch,
  errors,
  formatTime,
  message,
  problemOf,
  type ShapeFault,
} from "@quorate/contract";
import { sha256 } from "@quorate/prelude/testing";
import {
  idempotencyKeyHash,
  messageIdText,
  type NewMessage,
  requestFingerprint,
} from "@quorate/queue";
import { refusalError } from "./refusal-error.ts";
import { bodyShape, checked, faultsError, type TestCall } from "./test-call.ts";
import type { TestMachine } from "./test-machine.ts";
import { fingerprintOf, newMessageOf } from "./test-message.ts";
import { jsonAnswer } from "./test-answer.ts";

/** `POST …/enqueue`. */
export function enqueueOne(machine: TestMachine, call: TestCall): Response {
  const only = newMessageOf(checked(bodyShape(enqueue), call.body), call.captured);
  const key = only.dedup === null ? keyHashOf(call) : null;
  const idempotency = key === null ? null : { hash: key, fingerprint: fingerprintOf(only) };
  const queue = call.params["queue"] ?? "";
  const messages = [only];
  const outcome = machine.execute(
    { type: "enqueue", queue, form: "single", idempotency, messages },
    "enqueued",
  );
  const [result] = outcome.results;
  if (result === undefined || result.status === "refused") throw new Error("no result");
  const duplicate = result.status === "duplicate";
  return jsonAnswer(call, duplicate ? 200 : 201, {
    messageId: messageIdText(result.message),
    seq: result.seq,
    duplicate,
    enqueuedAt: formatTime(result.enqueuedAtMs),
    coord: machine.coord(),
  });
}

/** `POST …/enqueue/batch`. */
export function enqueueMany(machine: TestMachine, call: TestCall): Response {
  const { messages: sent, atomic = false } = checked(bodyShape(enqueueBatch), call.body);
  const entries = sent.map((entry, index) => entryOf(entry, index, call.captured));
  const messages = entries.filter(isWhole);
  const index = entries.findIndex((entry) => entry instanceof ApiError);
  const failed = entries[index];
  if (atomic && failed instanceof ApiError)
    throw new ApiError(failed.code, { ...failed.facts, index });
  const hash = keyHashOf(call);
  const fingerprint = requestFingerprint(sha256, call.bytes);
  const outcome =
    messages.length === 0
      ? null
      : machine.execute(
          {
            type: "enqueue",
            queue: call.params["queue"] ?? "",
            form: atomic ? "atomic" : "batch",
            idempotency: hash === null ? null : { hash, fingerprint },
            messages,
          },
          "enqueued",
        );
  const stored = [...(outcome?.results ?? [])];
  const results = entries.map((entry) => {
    const result = entry instanceof ApiError ? null : (stored.shift() ?? null);
    if (result === null || result.status === "refused") {
      const error = result === null ? entry : refusalError(result.refusal);
      if (!(error instanceof ApiError)) throw new Error("fewer results than messages");
      return { status: errors[error.code].status, problem: problemOf(error, call.requestId) };
    }
    const duplicate = result.status === "duplicate";
    const { seq } = result;
    return {
      status: duplicate ? 200 : 201,
      messageId: messageIdText(result.message),
      seq,
      duplicate,
    };
  });
  const count = (status: number) => results.filter((result) => result.status === status).length;
  const [accepted, duplicates] = [count(201), count(200)];
  return jsonAnswer(call, 200, {
    results,
    summary: { accepted, duplicates, refused: results.length - accepted - duplicates },
    enqueuedAt: outcome === null ? null : formatTime(outcome.enqueuedAtMs),
    coord: machine.coord(),
  });
}

function isWhole(entry: NewMessage | ApiError): entry is NewMessage {
  return !(entry instanceof ApiError);
}

function entryOf(
  entry: unknown,
  index: number,
  captured: readonly Uint8Array[],
): NewMessage | ApiError {
  const faults: ShapeFault[] = [];
  return message.holds(entry, faults)
    ? newMessageOf(entry, captured)
    : faultsError(faults, `/messages/${index}`);
}

function keyHashOf({ headers, principal }: TestCall): Uint8Array | null {
  const key = headers.get("idempotency-key");
  return key === null ? null : idempotencyKeyHash(sha256, principal, key);
}
