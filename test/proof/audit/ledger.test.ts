/** The tester is tested: each promise, once broken, is noticed; and a faultless story is not. */
import { expect, test } from "vitest";
import type { Delivery } from "./ledger.ts";
import { Ledger } from "./ledger.ts";

const lease = (id: string, fence: number): Delivery => {
  return { id, messageId: `m_${id}`, leaseId: `l_${fence}`, fence };
};

/** A ledger with acknowledged messages, in one group unless told otherwise. */
function withMessages(ids: readonly string[], group: string | null = null): Ledger {
  const ledger = new Ledger();
  for (const [position, id] of ids.entries()) {
    ledger.sending(id, group === null ? null : { group, position });
    ledger.acknowledge(id, `m_${id}`);
  }
  return ledger;
}

function ack(ledger: Ledger, leaseId: string, status = 200, alreadySettled = false): void {
  ledger.acking([leaseId]);
  ledger.acked(leaseId, status, alreadySettled);
}

const brokenIn = (ledger: Ledger): readonly string[] => ledger.broken.map(({ promise }) => promise);

test("a story with a retry, a lease that ended and a stale ack keeps every promise", () => {
  const ledger = withMessages(["a", "b"], "g");
  ledger.acknowledgeAgain("a", "m_a", true);
  ledger.deliver(ledger.asking(), [lease("a", 1), lease("b", 2)], "weak");
  ledger.deliver(ledger.asking(), [lease("a", 3), lease("b", 4)], "firm");
  ack(ledger, "l_1", 409);
  ack(ledger, "l_3");
  ack(ledger, "l_3", 200, true);
  ack(ledger, "l_4");
  ledger.closeRound();
  expect(ledger.broken).toEqual([]);
  expect([ledger.staleTried, ledger.staleRefused, ledger.unsettled]).toEqual([1, 1, 0]);
});

test("a message that was acknowledged and never settled is lost", () => {
  const ledger = withMessages(["a", "b"]);
  ledger.deliver(ledger.asking(), [lease("a", 1)], "firm");
  ack(ledger, "l_1");
  ledger.closeRound();
  expect(brokenIn(ledger)).toEqual(["lost"]);
});

test("another message id for the same dedup id is a message enqueued twice", () => {
  const ledger = withMessages(["a"]);
  ledger.deliver(ledger.asking(), [{ ...lease("a", 1), messageId: "m_other" }], "firm");
  expect(brokenIn(ledger)).toEqual(["enqueuedTwice"]);
});

test("a message sent again that is called new is a message enqueued twice", () => {
  const ledger = withMessages(["a"]);
  ledger.acknowledgeAgain("a", "m_a", false);
  expect(brokenIn(ledger)).toEqual(["enqueuedTwice"]);
});

test("two leases that both settled one message are noticed", () => {
  const ledger = withMessages(["a"]);
  ledger.deliver(ledger.asking(), [lease("a", 1)], "weak");
  ledger.acking(["l_1"]);
  ledger.deliver(ledger.asking(), [lease("a", 2)], "weak");
  ledger.acked("l_1", 200, false);
  ack(ledger, "l_2");
  expect(brokenIn(ledger)).toEqual(["settledTwice"]);
});

test("one lease that settled its message twice is noticed", () => {
  const ledger = withMessages(["a"]);
  ledger.deliver(ledger.asking(), [lease("a", 1)], "firm");
  ack(ledger, "l_1");
  ack(ledger, "l_1");
  expect(brokenIn(ledger)).toEqual(["settledTwice"]);
});

test("a message that comes again after its settlement is noticed, but not one asked for before", () => {
  const ledger = withMessages(["a"]);
  ledger.deliver(ledger.asking(), [lease("a", 1)], "weak");
  const askedBefore = ledger.asking();
  ack(ledger, "l_1");
  ledger.deliver(askedBefore, [lease("a", 2)], "weak");
  expect(ledger.broken).toEqual([]);
  ledger.deliver(ledger.asking(), [lease("a", 3)], "weak");
  expect(brokenIn(ledger)).toEqual(["deliveredAfterSettlement"]);
});

test("a stale lease that is accepted is noticed", () => {
  const ledger = withMessages(["a"]);
  ledger.deliver(ledger.asking(), [lease("a", 1)], "weak");
  ledger.deliver(ledger.asking(), [lease("a", 2)], "weak");
  ack(ledger, "l_1");
  expect(brokenIn(ledger)).toEqual(["staleAccepted"]);
  expect([ledger.staleTried, ledger.staleRefused]).toEqual([1, 0]);
});

test("a second lease while a firm one runs is noticed, in whichever order the answers come", () => {
  for (const fences of [[1, 2] as const, [2, 1] as const]) {
    const ledger = withMessages(["a"]);
    const [first, second] = [ledger.asking(), ledger.asking()];
    ledger.deliver(first, [lease("a", fences[0])], fences[0] === 1 ? "firm" : "weak");
    ledger.deliver(second, [lease("a", fences[1])], fences[1] === 1 ? "firm" : "weak");
    expect(brokenIn(ledger)).toEqual(["leaseBroken"]);
  }
});

test("a firm lease that is refused or reported lost is noticed", () => {
  const ledger = withMessages(["a"]);
  ledger.deliver(ledger.asking(), [lease("a", 1)], "firm");
  ack(ledger, "l_1", 409);
  ledger.reportLost(["l_1"], "firm");
  ledger.reportLost(["l_1"], "weak");
  expect(brokenIn(ledger)).toEqual(["refused", "leaseBroken"]);
});

test("a fence that was given before, or is below one known before, is noticed", () => {
  const twice = withMessages(["a", "b"]);
  const asked = twice.asking();
  twice.deliver(asked, [lease("a", 5), { ...lease("b", 5), leaseId: "l_other" }], "firm");
  expect(brokenIn(twice)).toEqual(["fenceOrder"]);
  const below = withMessages(["a", "b"]);
  below.deliver(below.asking(), [lease("a", 5)], "firm");
  below.deliver(below.asking(), [lease("b", 4)], "firm");
  expect(brokenIn(below)).toEqual(["fenceOrder"]);
});

test("a message that overtakes its group is noticed, but not one behind an ack under way", () => {
  const ledger = withMessages(["a", "b", "c"], "g");
  ledger.deliver(ledger.asking(), [lease("a", 1)], "firm");
  ledger.acking(["l_1"]);
  ledger.deliver(ledger.asking(), [lease("b", 2)], "weak");
  expect(ledger.broken).toEqual([]);
  ledger.deliver(ledger.asking(), [lease("c", 3)], "firm");
  expect(brokenIn(ledger)).toEqual(["groupOrder"]);
});

test("what nobody sent or leased is noticed", () => {
  const ledger = withMessages([]);
  ledger.deliver(ledger.asking(), [lease("ghost", 1)], "firm");
  ledger.acked("l_9", 200, false);
  expect(brokenIn(ledger)).toEqual(["invented", "invented"]);
});
