import { sha256 } from "@quorate/prelude/testing";
import { expect, test } from "vitest";
import { revocationKeyHash } from "./fingerprint.ts";
import {
  issuerAheadMsMax,
  revocationAheadMsMax,
  revocationKeptMs,
  revocationsMax,
} from "./limits.ts";
import type { Revoke } from "./operation.ts";
import type { Revocation } from "./revocation.ts";
import { createQueueStateMachine } from "./queue-state-machine.ts";
import { LeafStore, load } from "./testing/leaf-store.ts";
import { hashOf, MachineDriver } from "./testing/machine-driver.ts";
import { quickDigest } from "./testing/quick-digest.ts";

function revoke(driver: MachineDriver, text: string, issuedUntil: Revoke["issuedUntil"]) {
  return driver.execute({ type: "revoke", key: hashOf(text), issuedUntil });
}

function listed(driver: MachineDriver, after = 0, limit = 1_000): readonly Revocation[] {
  const answer = driver.ask({ type: "revocations", after, limit });
  return answer.type === "revocations" ? answer.revocations : [];
}

test("a revocation is about tokens issued until the op's time by any clock, a given time, or whenever", () => {
  const driver = new MachineDriver();
  const nowByAnyClockMs = driver.nowMs + issuerAheadMsMax;
  expect(revoke(driver, "a", "now")).toMatchObject({ issuedUntilMs: nowByAnyClockMs });
  expect(revoke(driver, "b", 1_000)).toMatchObject({ issuedUntilMs: 1_000 });
  expect(revoke(driver, "c", "ever")).toMatchObject({ issuedUntilMs: null });
  expect(listed(driver).map(({ number }) => number)).toEqual([1, 2, 3]);
});

test("what is revoked stays so: a later time replaces an earlier one, and never the other way", () => {
  const driver = new MachineDriver();
  revoke(driver, "a", 5_000);
  expect(revoke(driver, "a", 4_000)).toMatchObject({ issuedUntilMs: 5_000 });
  expect(revoke(driver, "a", 6_000)).toMatchObject({ issuedUntilMs: 6_000 });
  expect(revoke(driver, "a", "ever")).toMatchObject({ issuedUntilMs: null });
  expect(revoke(driver, "a", 7_000)).toMatchObject({ issuedUntilMs: null });
  expect(listed(driver)).toHaveLength(1);
});

test("who has some asks for the newer ones, a page at a time", () => {
  const driver = new MachineDriver();
  for (const text of ["a", "b", "c"]) revoke(driver, text, "ever");
  expect(driver.ask({ type: "revocations", after: 1, limit: 1 })).toMatchObject({
    revocations: [{ number: 2 }],
    more: true,
  });
  revoke(driver, "a", "ever");
  expect(listed(driver, 2).map(({ number }) => number)).toEqual([3, 4]);
});

test("a revocation ends when no token that it is about can live any more, by a pulse", () => {
  const driver = new MachineDriver();
  revoke(driver, "a", "now");
  driver.serve(revocationKeptMs - 2_000);
  expect(listed(driver)).toHaveLength(1);
  driver.serve(4_000);
  expect(listed(driver)).toEqual([]);
  // Numbers are not used again.
  revoke(driver, "b", "now");
  expect(listed(driver)).toMatchObject([{ number: 2 }]);
});

test("no revocation reaches further ahead than clocks may differ", () => {
  const driver = new MachineDriver();
  const far = driver.nowMs + revocationAheadMsMax;
  expect(revoke(driver, "a", far)).toMatchObject({ type: "revoked" });
  expect(revoke(driver, "a", far + 1_000)).toMatchObject({
    refusal: { code: "limit-exceeded", limit: "revocationAheadMsMax" },
  });
});

test("the table is bounded, and a full one still takes what it has already", () => {
  const driver = new MachineDriver();
  for (let count = 0; count < revocationsMax; count++) revoke(driver, `t${count}`, "ever");
  expect(revoke(driver, "one more", "ever")).toMatchObject({
    refusal: { code: "limit-exceeded", limit: "revocationsMax", max: revocationsMax },
  });
  expect(revoke(driver, "t5", "ever")).toMatchObject({ type: "revoked" });
});

test("revocations are part of the state that is stored and loaded", () => {
  const options = { sha256: quickDigest };
  const driver = new MachineDriver(options);
  revoke(driver, "a", "ever");
  revoke(driver, "b", "now");
  const store = new LeafStore();
  store.freeze(driver.machine);
  const machine = createQueueStateMachine(options);
  expect(load(machine, store.keep())).toBe(true);
  const before = listed(driver);
  driver.machine = machine;
  expect(listed(driver)).toEqual(before);
});

test("keys of tokens, subjects and issuers are never the same", () => {
  const keys = [
    revocationKeyHash(sha256, { by: "jti", issuer: "i", jti: "x" }),
    revocationKeyHash(sha256, { by: "sub", issuer: "i", sub: "x" }),
    revocationKeyHash(sha256, { by: "sub", issuer: "ix", sub: "" }),
    revocationKeyHash(sha256, { by: "issuer", issuer: "i" }),
  ];
  expect(new Set(keys.map(String)).size).toBe(keys.length);
});
