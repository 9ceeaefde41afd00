import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Shape, ShapeFault } from "./shape.ts";
import { message } from "./enqueue.ts";
import { queueConfigGiven } from "./queues.ts";
import { dequeueBody } from "./dequeue.ts";
import { settle } from "./settle.ts";

function holds(shape: Shape<unknown>, value: unknown): boolean {
  const faults: ShapeFault[] = [];
  const isHeld = shape.holds(value, faults);
  // A check that refuses says why, and one that accepts leaves nothing behind.
  expect(faults.length > 0).toBe(!isHeld);
  return isHeld;
}

const fields = [
  "body",
  "bodyBase64",
  "delayMs",
  "priority",
  "headers",
  "max",
  "mode",
  "leaseMs",
  "maxFailures",
  "backoff",
  "settlements",
  "leaseId",
  "action",
];
const anything = fc.oneof(
  fc.constantFrom(null, true, 0, 1, 9, 10, 1000, 1.5, "", "ack", "lease", "AAE=", "text"),
  fc.dictionary(
    fc.constantFrom("a", "baseMs", "action", "leaseId"),
    fc.constantFrom("ack", "x", 1),
    { maxKeys: 2 },
  ),
  fc.array(fc.record({ leaseId: fc.constant("x"), action: fc.constantFrom("ack", "eat") }), {
    maxLength: 2,
  }),
);
const objects = fc.dictionary(fc.constantFrom(...fields), anything, { maxKeys: 3 });

describe("a shape", () => {
  it.each([
    ["a queue's configuration", queueConfigGiven],
    ["a dequeue", dequeueBody],
  ])("accepts exactly what its schema accepts: %s", (_name, shape) => {
    fc.assert(
      fc.property(fc.oneof(objects, anything), (value) => {
        expect(holds(shape, value)).toBe(shape.schema.safeParse(value).success);
      }),
      { numRuns: 3000 },
    );
  });

  it("accepts only what its schema accepts: a message and a settlement, which have rules beside", () => {
    fc.assert(
      fc.property(fc.oneof(objects, anything), (value) => {
        for (const shape of [message, settle.body]) {
          if (shape !== null && holds(shape, value))
            expect(shape.schema.safeParse(value).success).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("names every fault with its place", () => {
    const faults: ShapeFault[] = [];
    message.holds({ body: 1, delayMs: "1", headers: { a: 1 }, "x/y~": 1, priority: 99 }, faults);
    expect(faults.map(({ code, pointer }) => [code, pointer])).toEqual([
      ["request-invalid", "/delayMs"],
      ["request-invalid", "/headers/a"],
      ["request-invalid", "/x~1y~0"],
      ["limit-exceeded", "/priority"],
    ]);
  });
});
