/** Random lives of a disk for tests, with what an unharmed disk would open to. */
import type { Entry } from "@quorate/protocol";
import fc from "fast-check";
import { baseAt, chainOf, headOf, MemoryDisk, superblockOf } from "./memory-disk.ts";

/** Something that a replica does with its journal. */
export type Deed =
  | { readonly kind: "append"; readonly sizes: readonly number[] }
  | { readonly kind: "superblock" }
  | { readonly kind: "idle" }
  | { readonly kind: "restart" }
  /** Moves to a new view, in which the log is cut and other entries follow. */
  | { readonly kind: "view-change"; readonly cut: number; readonly count: number }
  /** Moves to a new view, writes entries that were selected in it, and installs none of them. */
  | { readonly kind: "unfinished-view-change"; readonly cut: number; readonly count: number }
  /** Returns to an earlier log in a new view: the entries are on the disk already. */
  | { readonly kind: "return"; readonly to: number }
  /** A checkpoint takes the place of all but the last `keep` entries. */
  | { readonly kind: "checkpoint"; readonly keep: number };

const small = fc.nat({ max: 3 });
/** Two of these do not fit into one segment. */
const longBytes = 40_000;
const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      sizes: fc.array(fc.oneof(fc.nat({ max: 4_000 }), fc.constant(longBytes)), {
        minLength: 1,
        maxLength: 5,
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Deed>({ kind: "superblock" }, { kind: "idle" }, { kind: "restart" }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("view-change" as const, "unfinished-view-change" as const),
      cut: small,
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("return" as const), to: small }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("checkpoint" as const), keep: small }) },
);

/** What a replica may do, in order. */
export const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(anyDeed, {
  minLength: 1,
  maxLength: 14,
});

/** A disk and the log that it holds. */
export interface DiskHistory {
  readonly disk: MemoryDisk;
  /** The log that an unharmed disk opens to: what lies above the base. */
  readonly log: readonly Entry[];
  /** The entry at the base; null while the log begins with op 1. */
  readonly base: Entry | null;
  /** Every entry that was ever appended. */
  readonly appended: readonly Entry[];
  /** Sequence of the newest record when the superblock was written. */
  readonly lastRecord: number;
  /** The newest view. */
  readonly view: number;
}

/** Does the deeds on a new disk. */
export function historyOf(done: readonly Deed[]): DiskHistory {
  const history = new History();
  for (const [number, next] of done.entries()) history.perform(next, `${number}`);
  return history;
}

class History implements DiskHistory {
  readonly disk = new MemoryDisk();
  readonly appended: Entry[] = [];
  log: readonly Entry[] = [];
  base: Entry | null = null;
  lastRecord = 0;
  view = 1;
  private normalView = 1;
  /** Earlier logs above the same base. */
  private earlier: (readonly Entry[])[] = [];

  constructor() {
    this.writeSuperblock();
  }

  /** `label` tells the entries of this deed from all others. */
  perform(deed: Deed, label: string): void {
    switch (deed.kind) {
      case "append":
        return this.append(deed.sizes, label);
      case "superblock":
        return this.writeSuperblock();
      case "idle":
        return this.disk.name();
      case "restart":
        return void this.disk.open();
      case "view-change":
      case "unfinished-view-change":
        return this.changeView(deed, label);
      case "return":
        return this.returnTo(this.earlier[deed.to % this.earlier.length]);
      case "checkpoint":
        return this.checkpoint(deed.keep);
    }
  }

  private append(sizes: readonly number[], label: string): void {
    if (this.normalView < this.view) return;
    const before = this.log.at(-1) ?? this.base;
    const entries = chainOf(sizes.length, this.normalView, before, label, sizes);
    this.write(entries);
    this.log = [...this.log, ...entries];
  }

  private changeView(deed: Extract<Deed, { readonly cut: number }>, label: string): void {
    this.view += 1;
    this.writeSuperblock();
    const kept = this.log.slice(0, Math.max(0, this.log.length - deed.cut));
    const chosen = chainOf(deed.count, this.view, kept.at(-1) ?? this.base, label);
    this.write(chosen);
    if (deed.kind === "unfinished-view-change") return;
    this.earlier.push(this.log);
    this.install([...kept, ...chosen]);
  }

  private returnTo(log: readonly Entry[] | undefined): void {
    if (log === undefined) return;
    this.view += 1;
    this.install(log);
  }

  private checkpoint(keep: number): void {
    const taken = Math.max(0, this.log.length - keep);
    this.base = this.log[taken - 1] ?? this.base;
    this.log = this.log.slice(taken);
    this.earlier = [];
    this.writeSuperblock();
  }

  private install(log: readonly Entry[]): void {
    this.log = log;
    this.normalView = this.view;
    this.writeSuperblock();
  }

  private write(entries: readonly Entry[]): void {
    this.disk.append(entries);
    this.appended.push(...entries);
  }

  private writeSuperblock(): void {
    this.disk.base = baseAt(this.base);
    const head = headOf(this.log.at(-1) ?? this.base ?? undefined);
    this.disk.writeSuperblock(superblockOf(head, this.view, this.normalView));
    this.lastRecord = this.disk.lastRecord;
  }
}
