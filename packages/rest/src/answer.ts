/** What a call is answered. */

/** What a queue's rates count. */
export type CountedKind = "enqueued" | "dequeued" | "settled" | "redelivered";

/** An answer, before it is on any wire. */
export interface Answer {
  readonly status: number;
  /** Text, or pieces of text and of UTF-8 that make one; null is no body. */
  readonly body: string | readonly (string | Uint8Array)[] | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** `application/json` when it is not named. */
  readonly contentType?: string;
  /** What has been done to messages of the queue just now, for who counts it. */
  readonly counts?: Readonly<Partial<Record<CountedKind, number>>>;
}

/** An answer of the given value. For answers that are made rarely; busy ones write their text. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return { status, body: JSON.stringify(value), ...(headers === undefined ? {} : { headers }) };
}
