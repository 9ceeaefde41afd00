/** A 64-bit hash that is cheap in JavaScript, and digests made of it: against accidents alone. */
import { nodeCrypto } from "@quorate/identity";
import type { Sha256 } from "@quorate/prelude";

/** Two lanes of 32 bits. */
export interface HashState {
  readonly left: number;
  readonly right: number;
}

/** Longer inputs are hashed faster by the platform. */
const cheapBytesMax = 1_024;
const digestWords = 8;
const start: HashState = { left: 0x2f0b4c47, right: 0x6e1d9a35 };

/** Stands for SHA-256: 32 bytes. */
export const cheapDigest: Sha256 = (...parts) => {
  let bytes = 0;
  for (const part of parts) bytes += part.length;
  if (bytes > cheapBytesMax) return nodeCrypto.sha256(...parts);
  return wordsOf(hashOf(start, parts), digestWords);
};

/** A murmur-like hash of the parts, one after the other, begun with a state and ended with it. */
export function hashOf(from: HashState, parts: readonly Uint8Array[]): HashState {
  let { left, right } = from;
  let bytes = 0;
  for (const part of parts) {
    const wholeWords = part.length & ~3;
    for (let at = 0; at < wholeWords; at += 4) {
      const word = wordAt(part, at);
      left = Math.imul(left ^ word, 0x01000193);
      left ^= left >>> 15;
      right = Math.imul(right + word + 1, 0x5bd1e995);
      right ^= right >>> 15;
    }
    for (let at = wholeWords; at < part.length; at++) {
      const byte = part[at] ?? 0;
      left = Math.imul(left ^ byte, 0x01000193);
      right = Math.imul(right + byte + 1, 0x5bd1e995);
      right ^= right >>> 15;
    }
    bytes += part.length;
  }
  left = mix(mix(left, bytes), from.right);
  right = mix(mix(right, left), from.left);
  return { left, right };
}

/** The state written out to as many words, an even number, four bytes each. */
export function wordsOf({ left, right }: HashState, count: number): Uint8Array {
  const bytes = new Uint8Array(4 * count);
  let [even, odd] = [left, right];
  for (let at = 0; at < count; at += 2) {
    even = mix(even, odd);
    odd = mix(odd, even);
    setWord(bytes, 4 * at, even);
    setWord(bytes, 4 * at + 4, odd);
  }
  return bytes;
}

/** Whether the bytes are `wordsOf(state, count)`. */
export function sameWords({ left, right }: HashState, bytes: Uint8Array, count: number): boolean {
  if (bytes.length !== 4 * count) return false;
  let [even, odd] = [left, right];
  for (let at = 0; at < count; at += 2) {
    even = mix(even, odd);
    odd = mix(odd, even);
    if (wordAt(bytes, 4 * at) !== even || wordAt(bytes, 4 * at + 4) !== odd) return false;
  }
  return true;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function setWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}

function mix(word: number, other: number): number {
  let mixed = Math.imul(word ^ (word >>> 16) ^ other, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
