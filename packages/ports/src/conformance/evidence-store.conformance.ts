import { utf8Encode } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import {
  evidenceRecordsMax,
  type EvidenceStore,
  evidenceStoreBytesMax,
} from "../evidence-store.ts";

/** One place for evidence, over which stores come and go. */
export interface EvidenceRig {
  /** A store over what earlier ones have kept. */
  create(): EvidenceStore;
  dispose(): Promise<void>;
}

/** What every EvidenceStore must do. Call it in a test file with a way to make an empty rig. */
export function evidenceStoreConformance(createRig: () => Promise<EvidenceRig>): void {
  const withRig: WithRig = (story) => async () => {
    const rig = await createRig();
    try {
      await story(rig);
    } finally {
      await rig.dispose();
    }
  };
  describe("EvidenceStore", () => {
    keepingConformance(withRig);
    limitsConformance(withRig);
  });
}

type WithRig = (story: (rig: EvidenceRig) => Promise<void>) => () => Promise<void>;

function keepingConformance(withRig: WithRig): void {
  it(
    "is empty at first, and gives back what was kept",
    withRig(async (rig) => {
      const store = rig.create();
      expect(await store.open()).toEqual([]);
      await keep(store, "one.m1", "first");
      expect(await textOf(store, "one.m1")).toBe("first");
      expect(await store.read("two.m1")).toBeNull();
      await store.close();
    }),
  );

  it(
    "still has in the next life what was kept in this one, oldest first",
    withRig(async (rig) => {
      const store = rig.create();
      await store.open();
      for (const name of ["b.m0", "a.m1", "c.m2"]) await keep(store, name, `about ${name}`);
      await store.close();
      const next = rig.create();
      expect(await next.open()).toEqual(["b.m0", "a.m1", "c.m2"]);
      expect(await textOf(next, "a.m1")).toBe("about a.m1");
      await keep(next, "d.m0", "later");
      await next.close();
      const last = rig.create();
      expect(await last.open()).toEqual(["b.m0", "a.m1", "c.m2", "d.m0"]);
      expect(await textOf(last, "d.m0")).toBe("later");
      await last.close();
    }),
  );

  it(
    "keeps one record for each name: the first",
    withRig(async (rig) => {
      const store = rig.create();
      await store.open();
      await keep(store, "one.m1", "first");
      let again = 0;
      store.keep("one.m1", utf8Encode("second"), () => (again += 1));
      await keep(store, "two.m1", "other");
      expect(again).toBe(0);
      expect(await textOf(store, "one.m1")).toBe("first");
      await store.close();
      const next = rig.create();
      expect(await next.open()).toEqual(["one.m1", "two.m1"]);
      await next.close();
    }),
  );
}

function limitsConformance(withRig: WithRig): void {
  it(
    "takes only so many records, in this life and the next",
    withRig(async (rig) => {
      const store = rig.create();
      await store.open();
      const kept: string[] = [];
      for (let number = 0; number < evidenceRecordsMax + 10; number++) {
        const name = `lie.m1.o${number}`;
        store.keep(name, utf8Encode(name), () => kept.push(name));
      }
      await store.close();
      expect(kept).toHaveLength(evidenceRecordsMax);
      const next = rig.create();
      expect(await next.open()).toEqual(kept);
      next.keep("one.more", new Uint8Array(1), () => kept.push("one.more"));
      await next.close();
      expect(kept).toHaveLength(evidenceRecordsMax);
    }),
  );

  it(
    "takes only so many bytes",
    withRig(async (rig) => {
      const store = rig.create();
      await store.open();
      const half = new Uint8Array(evidenceStoreBytesMax / 2 - 100);
      const kept: string[] = [];
      for (const name of ["a.m0", "b.m0", "c.m0"]) {
        store.keep(name, half, () => kept.push(name));
      }
      store.keep("d.m0", new Uint8Array(10), () => kept.push("d.m0"));
      await store.close();
      expect(kept).toEqual(["a.m0", "b.m0", "d.m0"]);
    }),
  );
}

function keep(store: EvidenceStore, name: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    store.keep(name, utf8Encode(text), resolve);
  });
}

async function textOf(store: EvidenceStore, name: string): Promise<string | null> {
  const record = await store.read(name);
  return record === null ? null : String.fromCharCode(...record);
}
