import { allocateBytes } from "./shared-memory.ts";

/** SHA-256 over the parts, one after the other: 32 bytes. The host gives it to pure packages. */
export type Sha256 = (...parts: readonly Uint8Array[]) => Uint8Array;

/** Length of a SHA-256 digest in bytes. */
export const digestBytes = 32;

/** Whether two byte strings are equal. Not constant-time: for digests, never for secrets. */
export function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/** Less than, equal to or greater than zero, as `left` sorts before, with or after `right`. */
export function bytesCompare(left: Uint8Array, right: Uint8Array): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** One run of bytes made of the parts (see allocateBytes). */
export function bytesConcat(...parts: readonly Uint8Array[]): Uint8Array {
  const result = allocateBytes(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
