/** Which blocks the roots of states lead to. */
import { DecodeError, hexEncode } from "@quorate/prelude";
import { decodeStateNode, decodeStateRoot } from "@quorate/protocol";

/**
 * Walks down from the roots. Yields the digest of each block whose bytes it must see (roots and
 * nodes, each once), and is given the bytes, or null when they cannot be read.
 *
 * Returns the digests of everything that is reached, in hexadecimal: roots, nodes and leaves. Null
 * as soon as one block cannot be read or is not what its place asks for: then nobody knows what
 * lies below it, and nothing may be freed.
 */
export function* reachableBlocks(
  stateRoots: readonly Uint8Array[],
): Generator<Uint8Array, ReadonlySet<string> | null, Uint8Array | null> {
  const reached = new Set<string>();
  const seen = new Set<string>();
  for (const stateRoot of stateRoots) {
    const bytes = yield stateRoot;
    const root = bytes && decodedOrNull(() => decodeStateRoot(bytes));
    if (root === null) return null;
    reached.add(hexEncode(stateRoot));
    let digests: readonly Uint8Array[] = [root.top];
    for (let level = root.levels; level > 0; level--) {
      const below: Uint8Array[] = [];
      for (const digest of digests) {
        const name = hexEncode(digest);
        // Two states share most of their nodes, and everything below those.
        if (seen.has(name)) continue;
        const node = yield digest;
        const children = node && decodedOrNull(() => decodeStateNode(node, level));
        if (children === null) return null;
        seen.add(name);
        reached.add(name);
        for (const child of children) below.push(child);
      }
      digests = below;
    }
    for (const leaf of digests) reached.add(hexEncode(leaf));
  }
  return reached;
}

function decodedOrNull<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
