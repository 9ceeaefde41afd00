import type { Sha256, StateLeaf } from "@quorate/prelude";
import type { FrozenSection } from "./frozen-section.ts";
import { type Slab, slabPartBytes } from "./slab.ts";
import type { Slabs } from "./slabs.ts";

/**
 * The slabs of a frozen state in the order of their numbers: a leaf for each part. Nothing has to
 * be copied before it is taken: what follows is written behind the bytes that are used now.
 */
export class FrozenSlabs implements FrozenSection {
  private readonly slabs: Slabs;
  private readonly sha256: Sha256;
  private readonly entries: { slab: Slab | null; readonly number: number; readonly used: number }[];
  private at = 0;
  private offset = 0;

  constructor(slabs: Slabs, sha256: Sha256) {
    this.slabs = slabs;
    this.sha256 = sha256;
    this.entries = [];
    for (const [number, slab] of slabs.entries()) {
      if (slab.used === 0) continue;
      slab.isFrozen = true;
      this.entries.push({ slab, number, used: slab.used });
    }
  }

  next(): StateLeaf | null {
    const entry = this.entries[this.at];
    if (entry === undefined || entry.slab === null) return null;
    const { slab, used } = entry;
    const start = this.offset;
    const end = Math.min(start + slabPartBytes, used);
    const digest = slab.digest(start, end, this.sha256);
    const bytes = end <= slab.keptBytes ? null : slab.bytes.slice(start, end);
    this.offset = end;
    if (end === used) {
      slab.isFrozen = false;
      entry.slab = null;
      this.at += 1;
      this.offset = 0;
    }
    return { digest, bytes };
  }

  keep(): void {
    for (const { number, used } of this.entries) this.slabs.keep(number, used);
    this.drop();
  }

  drop(): void {
    for (const { slab } of this.entries) if (slab !== null) slab.isFrozen = false;
    this.entries.length = 0;
  }
}
