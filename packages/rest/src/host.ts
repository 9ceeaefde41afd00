/** What the translation is given by the program that it runs in. */
import type { Sha256 } from "@quorate/prelude";
import type { CountedKind } from "./answer.ts";

/**
 * Texts and bytes, as the platform does it fastest. Its own ways differ: Node has Buffer, a browser
 * has TextEncoder and btoa, and a pure package may name neither.
 */
export interface TextCodec {
  /** The text in UTF-8. It has no lone surrogates. */
  readonly encode: (text: string) => Uint8Array;
  /** The text of the bytes in [start, end), which are UTF-8; a byte order mark is kept. */
  readonly decode: (bytes: Uint8Array, start: number, end: number) => string;
  /** Base64 of RFC 4648 §4, padded. */
  readonly toBase64: (bytes: Uint8Array) => string;
  /** The bytes of a padded text, canonical or not. The text has the letters and the length of one. */
  readonly fromBase64: (text: string) => Uint8Array;
}

/** What a gateway has seen of a queue in the last minute. */
export type Seen = Readonly<Record<CountedKind, number>> & {
  /** Principals that asked for messages. */
  readonly consumers: number;
};

/** The gateway around the translation. */
export interface Host {
  readonly sha256: Sha256;
  readonly text: TextCodec;
  /** Ms since 1970, for the ages of what is shown; nothing is decided by it. */
  readonly nowMs: () => number;
  /** Counts are per second. */
  readonly seenOf: (queue: string) => Seen;
}
