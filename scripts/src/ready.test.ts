import { expect, test } from "vitest";
import { missingMembers } from "./ready.ts";

const ids = ["r0", "r1", "r2"];

test("an API that does not answer is explained by its own log", () => {
  const missing = missingMembers({ status: 0, body: null }, ids);
  expect(missing).toEqual({ what: "api: does not answer yet", explainedBy: "api" });
  expect(missingMembers({ status: 500, body: {} }, ids)?.explainedBy).toBe("api");
});

test("replicas that are not normal, or not known at all, are named with their status", () => {
  const members = [
    { id: "r0", status: "normal" },
    { id: "r2", status: "recovering" },
  ];
  expect(missingMembers({ status: 200, body: { members } }, ids)).toEqual({
    what: "r1: unknown, r2: recovering",
    explainedBy: "r1",
  });
});

test("nothing is missing when every replica is normal", () => {
  const members = ids.map((id) => ({ id, status: "normal" }));
  expect(missingMembers({ status: 200, body: { members } }, ids)).toBe(null);
});
