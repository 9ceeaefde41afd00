import { expect, test } from "vitest";
import { gatherMsMax } from "./limits.ts";
import { isRequestDue } from "./request-due.ts";

const little = { count: 1, fillsRequest: false };
const much = { count: 1, fillsRequest: true };
const idle = { busySinceMs: null };

test("nothing is due while nothing waits", () => {
  expect(isRequestDue({ count: 0, fillsRequest: false }, [idle], 0)).toBe(false);
});

test("a call does not wait while no request is in flight", () => {
  expect(isRequestDue(little, [idle, idle], 0)).toBe(true);
});

test("a few calls gather while a request is in flight", () => {
  expect(isRequestDue(little, [{ busySinceMs: 5 }, idle], 5)).toBe(false);
});

test("calls that fill a request go out beside others", () => {
  expect(isRequestDue(much, [{ busySinceMs: 5 }, idle], 5)).toBe(true);
});

test("a request without an answer keeps nobody waiting for long", () => {
  const sessions = [{ busySinceMs: 5 }, idle];
  expect(isRequestDue(little, sessions, 5 + gatherMsMax - 1)).toBe(false);
  expect(isRequestDue(little, sessions, 5 + gatherMsMax)).toBe(true);
});
