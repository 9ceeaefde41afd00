/** Sending one message. */
import { type ApiError, enqueue, message, rawHeaders, type ShapeFault } from "@quorate/contract";
import { idempotencyKeyHash, messageIdText, type NewMessage } from "@quorate/queue";
import type { Answer } from "../answer.ts";
import { type Call, headerOf, type RawCall } from "../call.ts";
import { execute } from "../cluster-call.ts";
import { idempotencyKeyOf } from "../idempotency.ts";
import { coordText, timeText } from "../json-text.ts";
import { mount, type Mounting } from "../mount.ts";
import { fingerprintOf, labelled, newMessage, type SentMessage, traceOf } from "../new-message.ts";
import { faultsError } from "../request-json.ts";
import type { Gateway } from "./gateway.ts";

/** Serves `POST …/enqueue`, JSON and raw. */
export function mountEnqueue(mounting: Mounting, gateway: Gateway): void {
  mount(
    mounting,
    enqueue,
    (call) => enqueueOne(gateway, call, newMessage(call.body, sourceOf(gateway, call))),
    (call) => enqueueOne(gateway, call, rawMessage(gateway, call)),
  );
}

function sourceOf({ sha256 }: Gateway, call: Call) {
  const { bytes, captured, request } = call;
  return { sha256, bytes, captured, trace: traceOf(request.headers) };
}

async function enqueueOne(gateway: Gateway, call: Call, only: NewMessage): Promise<Answer> {
  const { client, sha256, rates } = gateway;
  const key = idempotencyKeyOf(call);
  // With a dedup id it alone decides.
  const idempotency =
    key === null || only.dedup !== null
      ? null
      : {
          hash: idempotencyKeyHash(sha256, call.principal.id, key),
          fingerprint: fingerprintOf(only, sha256),
        };
  const { outcome, coord } = await execute(
    client,
    { type: "enqueue", queue: call.queue, form: "single", idempotency, messages: [only] },
    { expects: "enqueued", isRepeatable: key !== null || only.dedup !== null },
  );
  const [result] = outcome.results;
  if (result === undefined || result.status === "refused") {
    throw new Error("a single enqueue has one result, which is not refused");
  }
  const duplicate = result.status === "duplicate";
  if (!duplicate) rates.add(call.queue, "enqueued", 1);
  return {
    status: duplicate ? 200 : 201,
    body:
      `{"messageId":"${messageIdText(result.message)}","seq":${result.seq},` +
      `"duplicate":${duplicate},"enqueuedAt":${timeText(result.enqueuedAtMs)},` +
      `"coord":${coordText(coord)}}`,
  };
}

/** The message of a raw body: its bytes, its content type, and options from headers. */
function rawMessage(gateway: Gateway, call: RawCall): NewMessage {
  const { sha256 } = gateway;
  const { bytes, contentType, request } = call;
  const sent: Record<string, unknown> = { bodyBase64: "", contentType };
  for (const [field, name] of Object.entries(rawHeaders)) {
    const text = headerOf(request, name);
    if (text !== null) sent[field] = isNumber(field) ? numberIn(text, name) : text;
  }
  refuseUnknownHeaders(request.headers);
  const options = checkedOptions(sent);
  return labelled(
    options,
    { sha256, bytes, captured: [], trace: traceOf(request.headers) },
    { kind: "bytes", body: bytes, contentType: Buffer.from(contentType, "latin1") },
  );
}

function isNumber(field: string): boolean {
  return field === "delayMs" || field === "ttlMs" || field === "priority";
}

function numberIn(text: string, name: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw headerError(name, "expected a whole number");
}

/** Headers of ours that are spelt wrongly would else be dropped silently. */
function refuseUnknownHeaders(headers: Readonly<Record<string, unknown>>): void {
  const known = new Set<string>(Object.values(rawHeaders).map((name) => name.toLowerCase()));
  for (const name of Object.keys(headers)) {
    if (name.startsWith("quorate-") && !known.has(name)) throw headerError(name, "unknown header");
  }
}

function headerError(name: string, detail: string): ApiError {
  return faultsError([{ code: "request-invalid", pointer: name, detail, limit: null, max: null }]);
}

/** The options, checked as the fields of a JSON message are; pointers name the headers. */
function checkedOptions(sent: Readonly<Record<string, unknown>>): SentMessage {
  const faults: ShapeFault[] = [];
  if (message.holds(sent, faults)) return sent;
  const names: ReadonlyMap<string, string> = new Map([
    ...Object.entries(rawHeaders),
    ["contentType", "Content-Type"],
  ]);
  throw faultsError(
    faults.map((fault) => {
      const field = fault.pointer.slice(1);
      return { ...fault, pointer: names.get(field) ?? fault.pointer };
    }),
  );
}
