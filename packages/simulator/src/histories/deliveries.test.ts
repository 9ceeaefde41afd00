import { expect, test } from "vitest";
import { Deliveries } from "./deliveries.ts";

function sent(...ids: string[]): Deliveries {
  const deliveries = new Deliveries();
  for (const id of ids) deliveries.onSent(id);
  return deliveries;
}

test("an acknowledged message that was never settled is a loss", () => {
  const deliveries = sent("a");
  deliveries.onEnqueued("a", "m_1");
  expect(() => deliveries.assertComplete()).toThrow(/acknowledged and is gone/);
});

test("a message that was settled once is complete", () => {
  const deliveries = sent("a");
  deliveries.onEnqueued("a", "m_1");
  deliveries.onDelivered("a", "m_1", 1);
  deliveries.onAcked("a", 1);
  expect(() => deliveries.assertComplete()).not.toThrow();
});

test("an ack that was answered when its settlement was forgotten may have counted", () => {
  const deliveries = sent("a");
  deliveries.onEnqueued("a", "m_1");
  deliveries.onAckForgotten("a");
  expect(() => deliveries.assertComplete()).not.toThrow();
});

test("a second settlement of one message is found", () => {
  const deliveries = sent("a");
  deliveries.onAcked("a", 1);
  expect(() => deliveries.onAcked("a", 2)).toThrow(/settled twice/);
});

test("a dedup id that is two messages is found", () => {
  const deliveries = sent("a");
  deliveries.onEnqueued("a", "m_1");
  expect(() => deliveries.onEnqueued("a", "m_2")).toThrow(/m_1 and m_2/);
});

test("one message for two dedup ids is found", () => {
  const deliveries = sent("a", "b");
  deliveries.onEnqueued("a", "m_1");
  expect(() => deliveries.onEnqueued("b", "m_1")).toThrow(/stands for a and b/);
});

test("a fence of two messages is found", () => {
  const deliveries = sent("a", "b");
  deliveries.onDelivered("a", "m_1", 5);
  expect(() => deliveries.onDelivered("b", "m_2", 5)).toThrow(/fence 5/);
});

test("a message that nobody sent is found", () => {
  expect(() => sent().onDelivered("x", "m_1", 1)).toThrow(/never sent/);
});
