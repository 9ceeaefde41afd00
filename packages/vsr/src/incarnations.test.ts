import { asView } from "@quorate/protocol";
import { expect, it } from "vitest";
import { Incarnations, readmissionsPerWindowMax, readmissionWindowMicros } from "./incarnations.ts";

const life = (incarnation: number, view: number) => ({ incarnation, view: asView(view) });

it("begins with every member in its first life", () => {
  const incarnations = new Incarnations(3, []);
  expect(incarnations.of(2)).toBe(0);
  expect(incarnations.listReplicated()).toEqual([life(0, 0), life(0, 0), life(0, 0)]);
});

it("takes a newer life of a member, and none that is older", () => {
  const incarnations = new Incarnations(3, []);
  incarnations.readmit(1, life(9, 4), 1_000);
  incarnations.readmit(1, life(8, 5), 1_000);
  incarnations.readmit(7, life(9, 4), 1_000);
  expect(incarnations.of(1)).toBe(9);
  expect(incarnations.readmittedIn(1)).toBe(4);
  expect(incarnations.listKnown()).toEqual([life(0, 0), life(9, 4), life(0, 0)]);
});

it("keeps what the superblock knew out of the replicated state until the log has said it", () => {
  const incarnations = new Incarnations(2, [life(0, 0), life(9, 4)]);
  expect(incarnations.of(1)).toBe(9);
  expect(incarnations.listReplicated()).toEqual([life(0, 0), life(0, 0)]);
  incarnations.readmit(1, life(7, 2), 1_000);
  expect(incarnations.of(1)).toBe(9);
  expect(incarnations.listReplicated()).toEqual([life(0, 0), life(7, 2)]);
});

it("becomes a checkpoint's, and forgets nothing newer that it knew", () => {
  const incarnations = new Incarnations(2, [life(5, 3), life(0, 0)]);
  incarnations.replace([life(2, 1), life(6, 6)]);
  expect(incarnations.listReplicated()).toEqual([life(2, 1), life(6, 6)]);
  expect([0, 1].map((member) => incarnations.of(member))).toEqual([5, 6]);
});

it("has room for a bounded number of readmissions of one member within one window", () => {
  const incarnations = new Incarnations(2, []);
  for (let count = 0; count < readmissionsPerWindowMax; count++) {
    expect(incarnations.hasRoom(1, count)).toBe(true);
    incarnations.readmit(1, life(9, 4 + count), count);
  }
  expect(incarnations.hasRoom(1, readmissionWindowMicros - 1)).toBe(false);
  expect(incarnations.hasRoom(0, readmissionWindowMicros - 1)).toBe(true);
  expect(incarnations.hasRoom(1, readmissionWindowMicros)).toBe(true);
  incarnations.readmit(1, life(9, 90), readmissionWindowMicros);
  expect(incarnations.hasRoom(1, readmissionWindowMicros)).toBe(false);
});
