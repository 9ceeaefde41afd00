/** Which slot holds which block, and which slots are free. */
import { hexEncode } from "@quorate/prelude";
import type { BlockHeader } from "./block-slot.ts";

/** A block and its slot. */
export interface HeldBlock extends BlockHeader {
  readonly slot: number;
  /**
   * Whether its bytes were flushed or read in this life of the process. A header that a scan found
   * may stand before bytes that never arrived, because a crash tore the write.
   */
  isProven: boolean;
}

/** A slot that nobody may use: what it holds cannot be told. */
const unreadable = "unreadable";

/**
 * The slots of one store, numbered from 0 through all its files.
 *
 * What is freed is freed in memory alone: its header stays until the slot is used again, and a
 * later scan finds it again. That harms nobody, because a block is what its digest says.
 */
export class BlockIndex {
  private readonly slots: (HeldBlock | typeof unreadable | undefined)[] = [];
  private readonly byDigest = new Map<string, HeldBlock>();
  /** No slot below it is free. */
  private lowestFree = 0;
  private newestSequence = 0;

  /** One more than the highest slot that is not free: the slots from there on may be removed. */
  endOfUse(): number {
    return this.slots.findLastIndex((state) => state !== undefined) + 1;
  }

  /** A scan found this at the start of the slot. */
  found(slot: number, header: BlockHeader | "blank" | "unreadable"): void {
    if (header === "blank") return;
    if (header === "unreadable") {
      this.slots[slot] = unreadable;
      return;
    }
    this.newestSequence = Math.max(this.newestSequence, header.sequence);
    const known = this.byDigest.get(hexEncode(header.digest));
    if (known === undefined || known.sequence < header.sequence) {
      this.hold({ ...header, slot, isProven: false });
    }
  }

  /** Where the block lies, or null when it is not held. */
  locate(digest: Uint8Array): HeldBlock | null {
    return this.byDigest.get(hexEncode(digest)) ?? null;
  }

  /** Whether the block is held whose digest is this in hexadecimal, as `reachableBlocks` has it. */
  holds(name: string): boolean {
    return this.byDigest.has(name);
  }

  /** A free slot for this block, the lowest one; it is not held before `stored`. */
  place(digest: Uint8Array, length: number): HeldBlock {
    while (this.slots[this.lowestFree] !== undefined) this.lowestFree += 1;
    this.newestSequence += 1;
    const { lowestFree: slot, newestSequence: sequence } = this;
    const placed = { digest: digest.slice(), length, sequence, slot, isProven: true };
    this.slots[slot] = placed;
    return placed;
  }

  /** The placed block is on disk. The slot that held it before, harmed, is free. */
  stored(placed: HeldBlock): void {
    this.hold(placed);
  }

  /**
   * Frees every block whose digest is not among these. Slots that could not be read are freed too
   * once every block that is reached is held: what they held is then needed by nobody.
   */
  retain(reached: ReadonlySet<string>): void {
    for (const [name, held] of this.byDigest) {
      if (reached.has(name)) continue;
      this.byDigest.delete(name);
      this.free(held.slot);
    }
    if (this.byDigest.size < reached.size) return;
    for (const [slot, state] of this.slots.entries()) {
      if (state === unreadable) this.free(slot);
    }
  }

  private hold(held: HeldBlock): void {
    const name = hexEncode(held.digest);
    const before = this.byDigest.get(name);
    if (before !== undefined) this.free(before.slot);
    this.byDigest.set(name, held);
    this.slots[held.slot] = held;
  }

  private free(slot: number): void {
    this.slots[slot] = undefined;
    this.lowestFree = Math.min(this.lowestFree, slot);
  }
}
