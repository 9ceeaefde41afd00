/** Reads blocks by digest, a few at a time. */
import type { BlockFiles } from "./block-files.ts";

/**
 * Blocks that are read at the same time: enough for the disk to be busy while a digest is
 * computed, few enough to leave the threads that the flush of a batch needs.
 */
const readsAtOnce = 2;

/** In the order of the digests; null for a block that is not held or not what it was. */
export async function readBlocks(
  blocks: BlockFiles,
  digests: readonly Uint8Array[],
): Promise<(Uint8Array | null)[]> {
  const found: (Uint8Array | null)[] = digests.map(() => null);
  const rest = digests.entries();
  const readRest = async (): Promise<void> => {
    for (const [at, digest] of rest) {
      const held = blocks.index.locate(digest);
      if (held !== null) found[at] = await blocks.read(held);
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, readRest));
  return found;
}
