/** Messages as a program sees them: a body of its own type, or bytes. */
import { base64Of, bytesOfBase64 } from "./base64.ts";
import { stringifyJson } from "./json-text.ts";
import type { Delivery, Operations } from "./operations.ts";
import { UsageError } from "./quorate-error.ts";

/** A message as the API takes it. */
type SentMessage = Operations["enqueue"]["body"];

/** What may be said of a message beside its body; the words and ranges are those of the API. */
export type MessageOptions = Omit<SentMessage, "body" | "bodyBase64">;

/** A message to be sent. A `Uint8Array` is stored as bytes, everything else as JSON. */
export interface NewMessage<T> extends MessageOptions {
  readonly body: T;
}

/** A message that was received. */
export interface Message<T> extends Omit<Delivery, "body" | "bodyBase64"> {
  /** Bytes are a `Uint8Array`; whole numbers of JSON beyond 2^53 are BigInt. */
  readonly body: T;
}

/** The JSON text of a message. Throws a `UsageError` when its body has none. */
export function messageText({ body, ...options }: NewMessage<unknown>): string {
  // Their JSON is `{}`, or an object with a field for each number.
  if (holdsBytes(body) && !isBytes(body)) {
    throw new UsageError("bytes are sent as a Uint8Array");
  }
  try {
    return isBytes(body)
      ? stringifyJson({ bodyBase64: base64Of(body), ...options })
      : // Apart, since JSON.stringify would leave out a body that is undefined.
        withBody(stringifyJson(body), stringifyJson(options));
  } catch (error) {
    throw new UsageError("the body has no JSON", "usage", { cause: error });
  }
}

/** What a value calls itself, also one of another realm, such as a test runner's. */
const kindOf = (value: unknown): string => Object.prototype.toString.call(value);

function isBytes(body: unknown): body is Uint8Array {
  return ArrayBuffer.isView(body) && kindOf(body) === "[object Uint8Array]";
}

function holdsBytes(body: unknown): boolean {
  return ArrayBuffer.isView(body) || kindOf(body) === "[object ArrayBuffer]";
}

function withBody(body: string, options: string): string {
  return options === "{}" ? `{"body":${body}}` : `{"body":${body},${options.slice(1)}`;
}

/** The message of a delivery. That its body is a T is the caller's word. */
export function messageOf<T>(delivery: Delivery): Message<T> {
  const trust: (value: unknown) => asserts value is T = () => {};
  const { body: json, bodyBase64, ...rest } = delivery;
  const body = bodyBase64 === undefined ? json : bytesOfBase64(bodyBase64);
  trust(body);
  return { ...rest, body };
}
