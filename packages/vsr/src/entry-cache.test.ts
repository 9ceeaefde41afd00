import { asEpoch, asOp, asTimestampMicros, asView, type Entry } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { EntryCache } from "./entry-cache.ts";

const kibibyte = 1_024;

function entryAt(op: number, bodyBytes: number): Entry {
  const header = {
    epoch: asEpoch(0),
    view: asView(1),
    op: asOp(op),
    parent: new Uint8Array(32),
    timestampMicros: asTimestampMicros(op),
    requestsDigest: new Uint8Array(32),
    bodyBytes,
  };
  return { header, hash: new Uint8Array(32).fill(op), body: new Uint8Array(bodyBytes) };
}

function heldOf(cache: EntryCache, entries: readonly Entry[]): readonly number[] {
  return entries
    .filter(({ header: { op }, hash }) => cache.get({ op, hash }) !== null)
    .map(({ header }) => header.op);
}

describe("the cache of entries", () => {
  it("holds the newest, as many as its bytes allow", () => {
    const cache = new EntryCache(64 * kibibyte);
    const entries = [1, 2, 3].map((op) => entryAt(op, 30 * kibibyte));
    for (const entry of entries) cache.put(entry);
    expect(heldOf(cache, entries)).toEqual([2, 3]);
  });

  it("counts what an entry takes beside its body, so that pulses do not fill the memory", () => {
    const cache = new EntryCache(64 * kibibyte);
    const pulses = Array.from({ length: 100 }, (_, index) => entryAt(index + 1, 21));
    for (const pulse of pulses) cache.put(pulse);
    expect(heldOf(cache, pulses).length).toBeLessThan(33);
  });

  it("holds one that is larger than all of it, alone", () => {
    const cache = new EntryCache(kibibyte);
    const entries = [entryAt(1, 10), entryAt(2, 4 * kibibyte)];
    for (const entry of entries) cache.put(entry);
    expect(heldOf(cache, entries)).toEqual([2]);
  });
});
