/** A message whose body was sent as it is, with its options in headers. */
import { type ApiError, message, rawHeaders, type ShapeFault } from "@quorate/contract";
import type { NewMessage } from "@quorate/queue";
import { type Call, headerOf, type RawCall } from "./call.ts";
import type { Host } from "./host.ts";
import { labelled, type SentMessage, sourceOf } from "./new-message.ts";
import { faultsError } from "./request-json.ts";

/** The message: the body's bytes, its content type, and options from headers. Throws ApiError. */
export function rawMessage(host: Host, call: RawCall): NewMessage {
  const { bytes, contentType, request } = call;
  const sent: Record<string, unknown> = { bodyBase64: "", contentType };
  for (const [field, name] of Object.entries(rawHeaders)) {
    const text = headerOf(request, name);
    if (text !== null) sent[field] = isNumber(field) ? numberIn(text, name) : text;
  }
  refuseUnknownHeaders(request.headers);
  const options = checkedOptions(sent);
  return labelled(options, sourceOf(host, call), {
    kind: "bytes",
    body: bytes,
    contentType: host.text.encode(contentType),
  });
}

const optionHeaders = Object.values(rawHeaders);

/** Refuses the headers of a raw body's options beside JSON: dropped silently, they would mislead. */
export function refuseOptionHeaders({ request }: Pick<Call, "request">): void {
  for (const name of optionHeaders) {
    if (headerOf(request, name) !== null) throw headerError(name, "expected with a raw body only");
  }
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
