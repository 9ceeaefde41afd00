/** Memory that short arrays share. Allocating it for each costs ten times as much as filling it. */
const chunkBytes = 8 * 1_024;
/** Longer arrays have memory of their own: few fit a chunk, and each would keep all of it alive. */
const sharedBytesMax = chunkBytes / 8;
/** Shorter ones lie beside their object in the heap of the engine, which is as fast. */
const inHeapBytesMax = 64;

let chunk = new Uint8Array(0);
let used = 0;

/**
 * So many zeroes that nobody else holds. Their ArrayBuffer may hold the bytes of others, too, and
 * lives as long as any of them: whoever keeps a few bytes for very long takes a copy (`slice`).
 */
export function allocateBytes(length: number): Uint8Array {
  if (length <= inHeapBytesMax || length > sharedBytesMax) return new Uint8Array(length);
  if (used + length > chunk.length) {
    chunk = new Uint8Array(chunkBytes);
    used = 0;
  }
  used += length;
  return chunk.subarray(used - length, used);
}

/** A copy of the bytes in memory as `allocateBytes` gives it. */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  const copy = allocateBytes(bytes.length);
  copy.set(bytes);
  return copy;
}
