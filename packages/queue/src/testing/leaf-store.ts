import {
  bytesEqual,
  type CheckpointableStateMachine,
  type FrozenState,
  hexEncode,
} from "@quorate/prelude";
import { quickDigest } from "./quick-digest.ts";

/** A leaf as it is stored. */
export interface StoredLeaf {
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Keeps the leaves of a machine's last state as a replica's disk does, and is as strict: a leaf
 * without bytes must be there already, and bytes that were given out must not change. The machine
 * digests with quickDigest.
 */
export class LeafStore {
  /** Of the last state that was kept or loaded. */
  kept: readonly StoredLeaf[] = [];
  private taken: StoredLeaf[] = [];
  private frozen: FrozenState | null = null;

  get isTaking(): boolean {
    return this.frozen !== null;
  }

  /** Begins to take a state. */
  freeze(machine: CheckpointableStateMachine): void {
    this.frozen = machine.freeze();
    this.taken = [];
  }

  /** Takes up to `countMax` leaves; whether they were the last. */
  take(countMax: number): boolean {
    const known = new Map(this.kept.map((leaf) => [hexEncode(leaf.digest), leaf.bytes]));
    for (let count = 0; count < countMax; count++) {
      const leaf = this.frozen?.next() ?? null;
      if (leaf === null) return true;
      const bytes = leaf.bytes ?? known.get(hexEncode(leaf.digest));
      if (bytes === undefined) throw new Error("a leaf without bytes is not stored");
      this.taken.push({ digest: leaf.digest, bytes });
    }
    return false;
  }

  /** Takes what is left, and keeps it. */
  keep(): readonly StoredLeaf[] {
    this.take(Infinity);
    this.frozen?.keep();
    this.frozen = null;
    this.kept = this.taken;
    this.check();
    return this.kept;
  }

  /** Gives up what was taken. */
  drop(): void {
    this.frozen?.drop();
    this.frozen = null;
  }

  /** Loads the kept state into the machine; whether it took it. */
  loadInto(machine: CheckpointableStateMachine): boolean {
    this.frozen = null;
    this.check();
    return load(machine, this.kept);
  }

  private check(): void {
    for (const { digest, bytes } of this.kept) {
      if (!bytesEqual(quickDigest(bytes), digest)) throw new Error("bytes changed after all");
    }
  }
}

/** Loads a state from copies of these leaves: every third lies within something larger. */
export function load(machine: CheckpointableStateMachine, leaves: readonly StoredLeaf[]): boolean {
  const loading = machine.load();
  leaves.forEach(({ digest, bytes }, index) => {
    const before = index % 3 === 0 ? 16 : 0;
    const frame = new Uint8Array(before + bytes.length);
    frame.set(bytes, before);
    loading.add({ digest, bytes: frame.subarray(before) });
  });
  return loading.finish();
}
