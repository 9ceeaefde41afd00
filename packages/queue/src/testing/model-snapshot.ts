import type { ModelMessage } from "./model-message.ts";

/** What a queue of the model remembers of an enqueue with a dedup id. */
export interface Remembered {
  readonly fingerprint: string;
  readonly result: {
    readonly message: unknown;
    readonly seq: number;
    readonly enqueuedAtMs: number;
  };
  readonly at: number;
  readonly isHeld: boolean;
}

/** What an atomic batch may have to give back. */
export interface Snapshot {
  readonly messages: ReadonlyMap<number, ModelMessage>;
  readonly ids: ReadonlyMap<string, Remembered>;
  readonly bytes: number;
}
