import { sha256 } from "@quorate/prelude/testing";
import { expect, test } from "vitest";
import { ExecutedLog } from "../histories/executed-log.ts";
import { GatewayAccount } from "./gateway-account.ts";

const [first, second, third] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
const told = new Uint8Array(0);

/** A log in which these operations were executed, each at an op of its own. */
function executed(...operations: readonly Uint8Array[]): ExecutedLog {
  const log = new ExecutedLog();
  for (const [at, asked] of operations.entries()) {
    log.entries.push({ op: at + 1, timestampMicros: at, call: { asked, told } });
  }
  return log;
}

function account(): GatewayAccount {
  const asked = new GatewayAccount(sha256);
  asked.onAsked([first], { session: "1.0", number: 1 });
  asked.onAsked([second], { session: "1.0", number: 2 });
  asked.onRefusable([third]);
  return asked;
}

test("requests that are executed once, in the order of their numbers, are good", () => {
  expect(() => account().check(executed(first, Uint8Array.of(9), second))).not.toThrow();
  expect(() => account().check(executed(second))).not.toThrow();
});

test.each([
  [[second, first], "request 1 of session 1.0 was executed after 2"],
  [[first, first], "request 1 of session 1.0 was executed again"],
  [[third], "at op 1 what must be refused was executed"],
])("what no replica may do is told: %#", (operations, message) => {
  expect(() => account().check(executed(...operations))).toThrow(message);
});

test("of two requests under one number one alone may be executed", () => {
  const asked = new GatewayAccount(sha256);
  asked.onAsked([first], { session: "1.0", number: 1 });
  asked.onAsked([second], { session: "1.0", number: 1 });
  expect(() => asked.check(executed(second))).not.toThrow();
  expect(() => asked.check(executed(second, first))).toThrow("was executed after 1 of session 1.0");
});

test("operations of one request are one request", () => {
  const asked = new GatewayAccount(sha256);
  asked.onAsked([first, second], { session: "1.0", number: 1 });
  expect(() => asked.check(executed(first, second))).not.toThrow();
});

test("bytes that were asked for twice say nothing", () => {
  const asked = account();
  asked.onAsked([first], { session: "2.0", number: 1 });
  expect(() => asked.check(executed(second, first, first))).not.toThrow();
  expect(asked.isOwn(first)).toBe(true);
  expect(asked.isOwn(Uint8Array.of(9))).toBe(false);
});
