import { asOp, asRequestNumber, encodeNote } from "@quorate/protocol";
import { expect, test } from "vitest";
import { assertUnharmed } from "./unharmed-gateways.ts";

const session = { op: asOp(3), index: 0 };

test("a gateway that is honest is told neither of overload nor of an evicted session", () => {
  const number = asRequestNumber(1);
  const hear = (packet: Uint8Array) => (): void => assertUnharmed("g0", packet);
  expect(hear(encodeNote({ note: "overloaded", session, number }))).toThrow("g0 was told: over");
  expect(hear(encodeNote({ note: "evicted", session }))).toThrow("g0 was told: evicted");
  expect(
    hear(encodeNote({ note: "registered", nonce: new Uint8Array(16), session })),
  ).not.toThrow();
  expect(hear(encodeNote({ note: "ready", queues: ["q".repeat(90)] }))).not.toThrow();
});
