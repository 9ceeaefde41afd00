import { DecodeError, type Prng, Prng as Random } from "@quorate/prelude";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeOperation, encodeOperation } from "./operation-codec.ts";
import { decodeOutcome, encodeOutcome } from "./outcome-codec.ts";
import type { Enqueue, Operation } from "./operation.ts";
import type { EnqueueResult, Outcome } from "./outcome.ts";
import { queueConfigDefault } from "./queue-config.ts";
import { decodeAnswer } from "./question.ts";
import { encodeHeaders } from "./message-headers.ts";
import { MachineDriver, hashOf, message } from "./testing/machine-driver.ts";
import { RandomOperations } from "./testing/random-operation.ts";

const prngs = fc.integer({ min: 0 }).map((seed) => new Random(seed));

function operationOf(prng: Prng): Operation {
  const kind = prng.below(13);
  if (kind === 0) {
    return {
      type: "put-queue",
      queue: "orders.eu-1",
      config: {
        ...(prng.chance(0.5) ? { maxFailures: prng.between(1, 1_000) } : {}),
        ...(prng.chance(0.5) ? { backoff: { jitter: prng.fraction(), factor: 1.5 } } : {}),
        ...(prng.chance(0.5) ? { onDead: "block", denyPurge: true } : {}),
      },
      precondition: prng.pick([
        { kind: "none" },
        {
          kind: "match",
          tags: [
            { incarnation: 3, version: prng.below(9) },
            { incarnation: 4, version: 1 },
          ],
        },
        { kind: "match-any" },
        { kind: "absent" },
      ] as const),
    };
  }
  if (kind === 1) {
    const headers = encodeHeaders([
      ["traceparent", "00-é"],
      ["x", ""],
    ]);
    const messages = [
      { ...message({ headers, notBeforeMs: prng.below(9e9) }), kind: "bytes" as const },
    ];
    return { type: "enqueue", queue: "q", form: "single", idempotency: null, messages };
  }
  if (kind === 2) {
    const error = { type: "Timeout", message: "ü".repeat(prng.below(20)) };
    const lease = { fence: prng.below(1e9), tag: prng.next() };
    const progress = prng.bytes(prng.below(50));
    return {
      type: "settle",
      queue: "q",
      atomic: false,
      settlements: [
        { action: "nack", lease, delayMs: 5, error },
        { action: "reject", lease, error },
        { action: "extend", lease, leaseMs: 1_000, progress },
      ],
    };
  }
  if (kind === 3) {
    const issuedUntil = prng.pick(["now", "ever", 0, 1_795_000_000_000] as const);
    return { type: "revoke", key: prng.bytes(16), issuedUntil };
  }
  return new RandomOperations(prng, ["q", "a_b.c-9"]).next();
}

describe("operations", () => {
  test("what was encoded decodes to the same, in one spelling", () => {
    fc.assert(
      fc.property(prngs, (prng) => {
        const operation = operationOf(prng);
        const bytes = encodeOperation(operation);
        expect(decodeOperation(bytes)).toEqual(operation);
        expect(encodeOperation(decodeOperation(bytes))).toEqual(bytes);
      }),
      { numRuns: 400 },
    );
  });

  test("bytes too many or too few are refused", () => {
    fc.assert(
      fc.property(prngs, (prng) => {
        const bytes = encodeOperation(operationOf(prng));
        expect(() => decodeOperation(new Uint8Array([...bytes, 0]))).toThrow(DecodeError);
        expect(() => decodeOperation(bytes.slice(0, prng.below(bytes.length)))).toThrow(
          DecodeError,
        );
      }),
      { numRuns: 200 },
    );
  });

  test("whatever decodes encodes to the bytes it came from, however they were damaged", () => {
    fc.assert(
      fc.property(prngs, (prng) => {
        const bytes = encodeOperation(operationOf(prng)).slice();
        bytes[prng.below(bytes.length)] = prng.below(256);
        try {
          const operation = decodeOperation(bytes);
          expect(encodeOperation(operation)).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test("a body over 1 MiB and a name that names no queue are refused when they are read", () => {
    const enqueue = (bodyBytes: number): Enqueue => ({
      type: "enqueue",
      queue: "q",
      form: "batch",
      idempotency: null,
      messages: [{ ...message(), body: new Uint8Array(bodyBytes) }],
    });
    const mebi = 1024 * 1024;
    expect(decodeOperation(encodeOperation(enqueue(mebi)))).toEqual(enqueue(mebi));
    expect(() => decodeOperation(encodeOperation(enqueue(mebi + 1)))).toThrow(DecodeError);
    const badName = encodeOperation({ ...enqueue(1), queue: "Q" });
    expect(() => decodeOperation(badName)).toThrow(DecodeError);
  });
});

describe("the machine", () => {
  test("answers garbage with `invalid`, never with a throw", () => {
    const driver = new MachineDriver();
    driver.put();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        decodeOutcome(driver.machine.execute(bytes, driver.context()));
        decodeAnswer(driver.machine.query(bytes));
      }),
      { numRuns: 1_000 },
    );
    const outcome = driver.machine.execute(new Uint8Array([99]), driver.context());
    expect(decodeOutcome(outcome)).toEqual({ type: "invalid" });
    expect(decodeAnswer(driver.machine.query(new Uint8Array([99])))).toEqual({ type: "invalid" });
  });

  test("survives operations with any one byte changed", () => {
    const driver = new MachineDriver();
    driver.put();
    fc.assert(
      fc.property(prngs, (prng) => {
        const bytes = encodeOperation(operationOf(prng)).slice();
        bytes[prng.below(bytes.length)] = prng.below(256);
        decodeOutcome(driver.machine.execute(bytes, driver.context()));
        if (prng.chance(0.2)) driver.serve(2_000);
      }),
      { numRuns: 1_500 },
    );
  });
});

const outcomes: readonly Outcome[] = [
  { type: "invalid" },
  { type: "refused", refusal: { code: "queue-not-found" }, index: null },
  { type: "refused", refusal: { code: "message-leased" }, index: null },
  { type: "refused", refusal: { code: "lease-lost", reason: "purged" }, index: 2 },
  { type: "purged", removed: 25_000_000 },
  { type: "queue-deleted" },
  { type: "message-deleted" },
  {
    type: "refused",
    refusal: { code: "dedup-conflict", original: { op: 2 ** 52, index: 7 } },
    index: 3,
  },
  {
    type: "refused",
    refusal: { code: "queue-full", limit: "maxBytes", max: 2 ** 40 },
    index: 0,
  },
  {
    type: "queue-put",
    created: true,
    view: {
      name: "q",
      incarnation: 1,
      version: 2,
      config: queueConfigDefault,
      stats: {
        ready: 1,
        blocked: 2,
        leased: 3,
        scheduled: 4,
        dead: 5,
        bytes: 6,
        oldestReadyAtMs: 7,
      },
      paused: { send: null, receive: { by: "iss sub", atMs: 9, reason: null } },
      expirations: { count: 3, atMs: 11 },
    },
  },
  {
    type: "settled",
    results: [
      { status: "settled", state: "done", alreadySettled: true, late: false, leaseUntilMs: null },
      { status: "settled", state: "leased", alreadySettled: false, late: false, leaseUntilMs: 5 },
      { status: "refused", refusal: { code: "lease-lost", reason: "group-rewound" } },
      { status: "refused", refusal: { code: "already-settled", action: "nack", state: "dead" } },
    ],
  },
  {
    type: "leases-extended",
    extended: [{ fence: 9, tag: 0xffff_ffff, untilMs: 1 }],
    lost: [{ lease: { fence: 1, tag: 2 }, message: null, reason: "superseded" }],
  },
  {
    type: "dequeued",
    replayed: true,
    paused: true,
    messages: [
      {
        message: { op: 1, index: 2 },
        seq: 3,
        kind: "bytes",
        priority: 9,
        enqueuedAtMs: 4,
        deliveries: 5,
        failures: 6,
        lease: { fence: 7, tag: 8, untilMs: 9 },
        contentType: new Uint8Array([97]),
        groupId: new Uint8Array([98]),
        headers: encodeHeaders([["a", "b"]]),
        body: new Uint8Array([1, 2, 3]),
      },
    ],
    lost: [{ lease: null, message: { op: 1, index: 2 }, reason: "expired" }],
  },
  { type: "revoked", key: hashOf("t"), issuedUntilMs: null, keptUntilMs: 9 },
  { type: "revoked", key: hashOf("s"), issuedUntilMs: 5, keptUntilMs: 9 },
  {
    type: "repeated",
    outcome: { type: "revoked", key: hashOf("s"), issuedUntilMs: 5, keptUntilMs: 9 },
  },
  {
    type: "queue-paused",
    paused: { send: { by: "iss sub", atMs: 9, reason: "why" }, receive: null },
  },
];

test.each(outcomes)("the outcome $type survives its codec", (outcome) => {
  const bytes = encodeOutcome(outcome);
  expect(decodeOutcome(bytes)).toEqual(outcome);
  expect(() => decodeOutcome(new Uint8Array([...bytes, 0]))).toThrow(DecodeError);
});

test("results of an enqueue are runs on the wire and single results again after it", () => {
  const place = (index: number, seq: number) => {
    return { message: { op: 5, index }, seq, enqueuedAtMs: 10 };
  };
  const accepted = (index: number, seq: number): EnqueueResult => {
    return { status: "accepted", ...place(index, seq) };
  };
  const results: readonly EnqueueResult[] = [
    ...Array.from({ length: 500 }, (_, index) => accepted(index, index + 1)),
    { status: "duplicate", ...place(3, 4) },
    { status: "refused", refusal: { code: "queue-full", limit: "maxMessages", max: 3 } },
    accepted(500, 501),
    accepted(501, 503),
  ];
  const outcome: Outcome = { type: "enqueued", replayed: false, enqueuedAtMs: 10, results };
  const bytes = encodeOutcome(outcome);
  expect(bytes.length).toBeLessThan(200);
  expect(decodeOutcome(bytes)).toEqual(outcome);
});
