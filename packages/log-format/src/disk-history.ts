/** Random lives of a disk for tests, with what an unharmed disk would open to. */
import { present } from "@quorate/prelude";
import type { Entry } from "@quorate/protocol";
import fc from "fast-check";
import { chainOf, headOf, MemoryDisk, superblockOf } from "./memory-disk.ts";

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
  | { readonly kind: "return"; readonly to: number };

const small = fc.nat({ max: 3 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      sizes: fc.array(fc.nat({ max: 4_000 }), { minLength: 1, maxLength: 5 }),
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
);

/** What a replica may do, in order. */
export const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(deed, { minLength: 1, maxLength: 14 });

/** A disk and the log that it holds. */
export interface DiskHistory {
  readonly disk: MemoryDisk;
  /** The log that an unharmed disk opens to. */
  readonly log: readonly Entry[];
  /** Every entry that was ever appended. */
  readonly appended: readonly Entry[];
  /** Sequence of the newest record when the superblock was written. */
  readonly lastRecord: number;
  /** The newest view. */
  readonly view: number;
}

/** Does the deeds on a new disk. */
export function historyOf(done: readonly Deed[]): DiskHistory {
  const disk = new MemoryDisk();
  const appended: Entry[] = [];
  const logs: (readonly Entry[])[] = [];
  let log: readonly Entry[] = [];
  let view = 1;
  let normalView = 1;
  let lastRecord = 0;

  const append = (entries: readonly Entry[]): void => {
    disk.append(entries);
    appended.push(...entries);
  };
  const writeSuperblock = (): void => {
    disk.writeSuperblock(superblockOf(headOf(log.at(-1)), view, normalView));
    lastRecord = disk.lastRecord;
  };

  writeSuperblock();
  for (const [number, next] of done.entries()) {
    switch (next.kind) {
      case "append": {
        if (normalView < view) break;
        const { sizes } = next;
        const before = log.at(-1) ?? null;
        const entries = chainOf(sizes.length, normalView, before, `${number}`, sizes);
        append(entries);
        log = [...log, ...entries];
        break;
      }
      case "superblock":
        writeSuperblock();
        break;
      case "idle":
        disk.name();
        break;
      case "restart":
        disk.open();
        break;
      case "view-change":
      case "unfinished-view-change": {
        view += 1;
        writeSuperblock();
        const kept = log.slice(0, Math.max(0, log.length - next.cut));
        const chosen = chainOf(next.count, view, kept.at(-1) ?? null, `${number}`);
        append(chosen);
        if (next.kind === "unfinished-view-change") break;
        logs.push(log);
        log = [...kept, ...chosen];
        normalView = view;
        writeSuperblock();
        break;
      }
      case "return":
        if (logs.length === 0) break;
        view += 1;
        log = present(logs[next.to % logs.length]);
        normalView = view;
        writeSuperblock();
    }
  }
  return { disk, log, appended, lastRecord, view };
}
