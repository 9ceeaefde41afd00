import type { EvidenceStore } from "@quorate/ports";
import { present } from "@quorate/prelude";
import { judgeEvidence } from "@quorate/proof";
import { admit, asOp } from "@quorate/protocol";
import { signed, signedContext, signerOf } from "@quorate/protocol/testing";
import { expect, test } from "vitest";
import { EvidenceDesk } from "./evidence-desk.ts";

const context = {
  ...signedContext,
  configurationOf: () => signedContext,
};

/** What a desk does, as others see it. */
class Office {
  readonly records = new Map<string, Uint8Array>();
  readonly counted: string[] = [];
  readonly lines: string[] = [];

  desk(): EvidenceDesk {
    const note = (message: string): void => void this.lines.push(message);
    const store: EvidenceStore = {
      open: () => Promise.resolve([...this.records.keys()]),
      keep: (name, record, onKept) => {
        this.records.set(name, record);
        onKept();
      },
      read: (name) => Promise.resolve(this.records.get(name) ?? null),
      close: () => Promise.resolve(),
    };
    const metrics = {
      count: (_: string, labels: Readonly<Record<string, string>> = {}) => {
        this.counted.push(Object.values(labels).join(" "));
      },
      gauge: () => undefined,
      observe: () => undefined,
    };
    const log = { debug: note, info: note, warn: note, error: note };
    return new EvidenceDesk({ evidence: store, metrics, log }, signedContext, [
      ...this.records.keys(),
    ]);
  }
}

/** The acknowledgement of another entry for each `entry`. */
function acknowledge(desk: EvidenceDesk, op: number, entry: number, member = 1): void {
  const headerHash = new Uint8Array(32).fill(entry);
  const message = { command: "prepareOk", op: asOp(op), headerHash } as const;
  const admission = admit(signed(message, signerOf("replica", member)), signedContext);
  desk.onAdmitted(present(admission.ok ? admission.admitted : null));
}

test("a contradiction is counted, said and kept, once however often it is repeated", () => {
  const office = new Office();
  const desk = office.desk();
  for (const entry of [1, 1, 2, 2, 1, 3]) acknowledge(desk, 9, entry);
  expect([...office.records.keys()]).toEqual(["two-acknowledgements.m1.i4.e3.v7.o9"]);
  expect(office.counted).toEqual(["two-acknowledgements replica-1"]);
  expect(office.lines).toEqual(["contradictory statements", "evidence kept"]);
  const [record] = office.records.values();
  expect(judgeEvidence(present(record), context)).toMatchObject({
    proven: true,
    claim: { kind: "two-acknowledgements", member: 1 },
  });
});

test("what an honest member says is neither counted nor kept", () => {
  const office = new Office();
  const desk = office.desk();
  for (let op = 1; op < 100; op++) for (const member of [0, 1]) acknowledge(desk, op, 5, member);
  expect([office.records.size, office.counted, office.lines]).toEqual([0, [], []]);
});

test("a liar fills no store: of each kind and member a few records are kept, all are counted", () => {
  const office = new Office();
  const desk = office.desk();
  for (let op = 1; op <= 20; op++) for (const entry of [1, 2]) acknowledge(desk, op, entry);
  expect(office.records.size).toBe(4);
  expect(office.counted).toHaveLength(20);
  for (const entry of [1, 2]) acknowledge(desk, 30, entry, 0);
  expect(office.records.size).toBe(5);
});

test("what an earlier life has kept is counted again, and not kept again", () => {
  const office = new Office();
  const first = office.desk();
  for (const entry of [1, 2]) acknowledge(first, 9, entry);
  office.counted.length = 0;
  const second = office.desk();
  expect(office.counted).toEqual(["two-acknowledgements replica-1"]);
  for (const entry of [1, 2]) acknowledge(second, 9, entry);
  expect([office.counted.length, office.records.size]).toEqual([1, 1]);
});
