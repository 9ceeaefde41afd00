/** What becomes of a message whose handler has ended. */
import type { Settlement } from "./settler.ts";

/** Thrown by a handler: the message is dead at once, and is not tried again. */
export class Reject extends Error {
  override readonly name = "Reject";
}

/** Thrown by a handler: the message goes back without counting a failure. */
export class Release extends Error {
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

/** The verdict that a thrown value means. */
export function verdictOf(thrown: unknown): Verdict {
  if (thrown instanceof Release) return { action: "release", delayMs: thrown.delayMs };
  const action = thrown instanceof Reject ? "reject" : "nack";
  return { action, error: failureOf(thrown) };
}

function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) {
    return { type: typeof thrown, message: cut(String(thrown), textCharsMax) };
  }
  // What a handler rejects a message for is often an error that it has caught.
  const { cause } = thrown;
  const named = thrown instanceof Reject && cause instanceof Error ? cause : thrown;
  return { type: cut(named.name, typeCharsMax), message: cut(thrown.message, textCharsMax) };
}

/** The settlement that carries a verdict out. */
export function settlementOf(leaseId: string, verdict: Verdict): Settlement {
  return { leaseId, ...verdict };
}

/** The beginning of a text, without half a character: the API refuses lone surrogates. */
function cut(text: string, charsMax: number): string {
  return text.slice(0, charsMax).toWellFormed();
}
