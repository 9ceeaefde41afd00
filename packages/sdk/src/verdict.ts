/** What becomes of a message whose handler has ended. */
import { knowInEveryCopy } from "./every-copy.ts";
import type { Settlement } from "./settler.ts";

/** Thrown by a handler: the message is dead at once, and is not tried again. */
export class Reject extends Error {
  static {
    knowInEveryCopy(this, "Reject");
  }
  override readonly name = "Reject";
}

/** Thrown by a handler: the message goes back without counting a failure. */
export class Release extends Error {
  static {
    knowInEveryCopy(this, "Release");
  }
  override readonly name = "Release";
  /** When it may come again, in ms from then (0 to 7 days); undefined: at once. */
  readonly delayMs: number | undefined;

  constructor(message = "released", options: ErrorOptions & { readonly delayMs?: number } = {}) {
    super(message, options);
    this.delayMs = options.delayMs;
  }
}

/** How a message leaves its lease. */
export type Verdict =
  | { readonly action: "ack" }
  | { readonly action: "nack"; readonly error: Failure }
  | { readonly action: "release"; readonly delayMs?: number | undefined }
  | { readonly action: "reject"; readonly error: Failure };

/** What the queue keeps of a failure. */
interface Failure {
  readonly type: string;
  readonly message: string;
}

/** Characters of texts that the API keeps; it cuts them at bytes itself. */
const textCharsMax = 1024;
const typeCharsMax = 128;

/** The verdict that a thrown value means, whatever it is. */
export function verdictOf(thrown: unknown): Verdict {
  try {
    if (thrown instanceof Release) return { action: "release", delayMs: thrown.delayMs };
    const action = thrown instanceof Reject ? "reject" : "nack";
    return { action, error: failureOf(thrown) };
  } catch {
    // Anything can be thrown: also what has no text, or fails when it is looked at.
    return { action: "nack", error: { type: typeof thrown, message: "It has no text." } };
  }
}

function failureOf(thrown: unknown): Failure {
  if (!isError(thrown)) {
    return { type: typeof thrown, message: cut(String(thrown), textCharsMax) };
  }
  // What a handler rejects a message for is often an error that it has caught.
  const { cause } = thrown;
  const named = thrown instanceof Reject && isError(cause) ? cause : thrown;
  return {
    type: cut(String(named.name), typeCharsMax),
    message: cut(String(thrown.message), textCharsMax),
  };
}

/** What an error has; of what type is up to whoever made it. */
interface ErrorLike {
  readonly name: unknown;
  readonly message: unknown;
  readonly cause?: unknown;
}

/** Whether it is an error, also of another realm, such as a test runner's. */
function isError(value: unknown): value is ErrorLike {
  if (value instanceof Error) return true;
  return typeof value === "object" && value !== null && "name" in value && "message" in value;
}

/** The settlement that carries a verdict out. */
export function settlementOf(leaseId: string, verdict: Verdict): Settlement {
  return { leaseId, ...verdict };
}

/** The beginning of a text, without half a character: the API refuses lone surrogates. */
function cut(text: string, charsMax: number): string {
  return text.slice(0, charsMax).toWellFormed();
}
