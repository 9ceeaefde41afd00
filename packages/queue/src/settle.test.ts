import { describe, expect, test } from "vitest";
import { type LeaseKey, leaseNever } from "./ids.ts";
import type { SettleAction } from "./operation.ts";
import { leaseOf, type MachineDriver } from "./testing/machine-driver.ts";
import { leased, ready, settlement, settleOne } from "./testing/settling.ts";

const actions: readonly SettleAction[] = ["ack", "nack", "release", "reject", "extend"];
const others = actions.filter((action) => action !== "ack");

describe("the lease is held:", () => {
  test.each([
    ["ack", "done"],
    ["nack", "scheduled"],
    ["release", "ready"],
    ["reject", "dead"],
    ["extend", "leased"],
  ] as const)("%s answers the state %s", (action, state) => {
    const driver = ready();
    const lease = leased(driver);
    expect(settleOne(driver, action, lease)).toEqual({ state, already: false, late: false });
    const { ready: waiting, leased: held, scheduled, dead } = driver.stats();
    const counts: Record<string, number> = { ready: waiting, leased: held, scheduled, dead };
    expect(Object.keys(counts).filter((name) => counts[name] === 1)).toEqual(
      state === "done" ? [] : [state],
    );
  });
});

describe("the lease ended by expiry, not leased again:", () => {
  test("an ack still counts, late", () => {
    const driver = ready();
    const lease = leased(driver);
    driver.serve(3_000);
    expect(driver.stats().ready).toBe(1);
    expect(settleOne(driver, "ack", lease)).toEqual({ state: "done", already: false, late: true });
    expect(driver.stats().ready).toBe(0);
    expect(settleOne(driver, "ack", lease)).toMatchObject({ state: "done", already: true });
  });

  test.each(others)("%s is 409 lease-lost expired", (action) => {
    const driver = ready();
    const lease = leased(driver);
    driver.serve(3_000);
    expect(settleOne(driver, action, lease)).toEqual({ code: "lease-lost", reason: "expired" });
  });

  test("before its pulse an op sees the old state", () => {
    const driver = ready();
    const lease = leased(driver);
    driver.pass(2_500);
    expect(settleOne(driver, "ack", lease)).toMatchObject({ late: false });
  });
});

describe("the lease ended by rewind:", () => {
  function rewound(): { driver: MachineDriver; first: LeaseKey; second: LeaseKey } {
    const driver = ready();
    driver.enqueue({ group: "g" }, { group: "g" });
    const [first, second] = driver.dequeue({ max: 2 }).messages.map(leaseOf);
    if (first === undefined || second === undefined) throw new Error("two");
    settleOne(driver, "release", first);
    return { driver, first, second };
  }

  test("an ack is refused as group-rewound while an earlier one of the group is unfinished", () => {
    const { driver, second } = rewound();
    for (const action of actions) {
      const refusal = { code: "lease-lost", reason: "group-rewound" };
      expect(settleOne(driver, action, second)).toEqual(refusal);
    }
  });

  test("an ack counts, late, once the message is its group's head", () => {
    const { driver, second } = rewound();
    driver.dequeue({ mode: "delete" });
    expect(settleOne(driver, "ack", second)).toMatchObject({ state: "done", late: true });
  });
});

describe("the lease was followed by a newer one:", () => {
  test.each(actions)("%s is 409 lease-lost superseded", (action) => {
    const driver = ready();
    const lease = leased(driver);
    driver.serve(3_000);
    const newer = leaseOf(driver.dequeue().messages[0]);
    expect(newer.fence).toBeGreaterThan(lease.fence);
    expect(settleOne(driver, action, lease)).toEqual({ code: "lease-lost", reason: "superseded" });
    expect(settleOne(driver, "ack", newer)).toMatchObject({ state: "done" });
    expect(settleOne(driver, action, lease)).toEqual({ code: "lease-lost", reason: "superseded" });
  });
});

describe("the lease was settled:", () => {
  test.each(["ack", "nack", "release", "reject"] as const)(
    "%s again is the first answer, another verb is 409, for ten minutes",
    (action) => {
      const driver = ready();
      const lease = leased(driver);
      const first = settleOne(driver, action, lease);
      driver.serve(599_000);
      expect(settleOne(driver, action, lease)).toEqual({
        ...(first as object),
        already: true,
      });
      const { state } = first as { state: string };
      for (const other of actions.filter((verb) => verb !== action)) {
        expect(settleOne(driver, other, lease)).toEqual({ code: "already-settled", action, state });
      }
    },
  );

  test("a retried nack is still alreadySettled when the message was leased again", () => {
    const driver = ready({ backoff: { baseMs: 0 } });
    const lease = leased(driver);
    settleOne(driver, "nack", lease);
    driver.dequeue();
    expect(settleOne(driver, "nack", lease)).toMatchObject({ state: "ready", already: true });
  });

  test("after ten minutes it is lease-lost settled while the message is here, else unknown", () => {
    const driver = ready();
    const rejected = leased(driver);
    settleOne(driver, "reject", rejected);
    const acked = leased(driver);
    settleOne(driver, "ack", acked);
    driver.serve(602_000);
    expect(settleOne(driver, "ack", rejected)).toEqual({ code: "lease-lost", reason: "settled" });
    expect(settleOne(driver, "ack", acked)).toEqual({ code: "lease-unknown" });
  });
});

describe("a lease older than ten minutes:", () => {
  test("is settled as any other, and that is remembered for ten minutes more", () => {
    const driver = ready();
    driver.enqueue({}, {});
    const leases = driver.dequeue({ max: 2, leaseMs: 7_200_000 }).messages.map(leaseOf);
    driver.serve(700_000);
    const [acked, nacked] = leases;
    if (acked === undefined || nacked === undefined) throw new Error("two");
    const done = { state: "done", late: false };
    expect(settleOne(driver, "ack", acked)).toEqual({ ...done, already: false });
    expect(settleOne(driver, "extend", nacked)).toMatchObject({ state: "leased" });
    expect(settleOne(driver, "nack", nacked)).toMatchObject({ state: "scheduled" });
    driver.serve(590_000);
    expect(settleOne(driver, "ack", acked)).toEqual({ ...done, already: true });
    expect(settleOne(driver, "nack", nacked)).toMatchObject({ already: true });
    driver.serve(20_000);
    expect(settleOne(driver, "ack", acked)).toEqual({ code: "lease-unknown" });
    expect(settleOne(driver, "nack", nacked)).toEqual({ code: "lease-lost", reason: "settled" });
  });

  test("that expired may still be acked late, however long ago", () => {
    const driver = ready();
    const lease = leased(driver);
    driver.serve(1_500_000);
    expect(settleOne(driver, "ack", lease)).toMatchObject({ state: "done", late: true });
  });
});

describe("the message went dead:", () => {
  test.each(actions)("%s on its expired lease is 409 lease-lost dead", (action) => {
    const driver = ready({ maxFailures: 1 });
    const lease = leased(driver);
    driver.serve(3_000);
    expect(driver.stats().dead).toBe(1);
    expect(settleOne(driver, action, lease)).toEqual({ code: "lease-lost", reason: "dead" });
  });
});

describe("no such lease:", () => {
  test("a guessed tag, another queue and a fence never granted are 404 lease-unknown", () => {
    const driver = ready();
    driver.put({}, "r");
    const lease = leased(driver);
    const unknown = { code: "lease-unknown" };
    expect(settleOne(driver, "ack", { ...lease, tag: (lease.tag ^ 1) >>> 0 })).toEqual(unknown);
    expect(settleOne(driver, "ack", { ...lease, fence: lease.fence + 1 })).toEqual(unknown);
    expect(settleOne(driver, "ack", { fence: 0, tag: 0 })).toEqual(unknown);
    const elsewhere = driver.settleAny([settlement("ack", lease)], false, "r");
    expect(elsewhere).toMatchObject({ results: [{ refusal: unknown }] });
    expect(settleOne(driver, "ack", lease)).toMatchObject({ state: "done" });
  });
});

describe("batches:", () => {
  test("each entry sees the effect of those before it", () => {
    const driver = ready();
    const lease = leased(driver);
    const { results } = driver.settle(settlement("ack", lease), settlement("ack", lease));
    expect(results).toMatchObject([{ alreadySettled: false }, { alreadySettled: true }]);
  });

  test("atomic applies nothing when one entry fails, and names the first failing one", () => {
    const driver = ready();
    const lease = leased(driver);
    const bad = { fence: 99, tag: 1 };
    const outcome = driver.settleAny([settlement("ack", lease), settlement("ack", bad)], true);
    expect(outcome).toEqual({ type: "refused", refusal: { code: "lease-unknown" }, index: 1 });
    expect(driver.stats().leased).toBe(1);
    expect(driver.settleAny([settlement("ack", lease), settlement("nack", lease)], true)).toEqual({
      type: "invalid",
    });
  });

  test("atomic names the first of several that are no lease, though nothing tells them apart", () => {
    const driver = ready();
    const lease = leased(driver);
    const guessed = { ...lease, tag: (lease.tag ^ 1) >>> 0 };
    const outcome = (...leases: readonly LeaseKey[]): unknown =>
      driver.settleAny(
        leases.map((each) => settlement("ack", each)),
        true,
      );
    const unknown = { type: "refused", refusal: { code: "lease-unknown" } };
    expect(outcome(leaseNever, leaseNever)).toEqual({ ...unknown, index: 0 });
    expect(outcome(lease, guessed)).toEqual({ ...unknown, index: 1 });
  });

  test("atomic judges all by the state before it, so a nack does not rewind its own batch", () => {
    const driver = ready();
    driver.enqueue({ group: "g" }, { group: "g" }, { group: "g" });
    const [a, b, c] = driver.dequeue({ max: 3 }).messages.map(leaseOf);
    if (a === undefined || b === undefined || c === undefined) throw new Error("three");
    const outcome = driver.settleAny(
      [settlement("nack", a), settlement("nack", b), settlement("ack", c)],
      true,
    );
    expect(outcome).toMatchObject({
      results: [{ state: "scheduled" }, { state: "scheduled" }, { state: "done" }],
    });
  });
});
