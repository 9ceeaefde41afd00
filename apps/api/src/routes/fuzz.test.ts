import fc from "fast-check";
import { expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { fieldNames, oddLeaves } from "../testing/odd-words.ts";

const gateway = await gatewayOfTests();
await gateway.send("PUT", "/v1/queues/orders", { body: {} });

const fields = [...fieldNames, "bodyBytesMax", "__proto__"];

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...oddLeaves, -0),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.double(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...fields), tie("value"), { maxKeys: 6 }),
  ),
})).value;

const paths = [
  ["PUT", "/v1/queues/orders"],
  ["PUT", "/v1/queues/fuzzed"],
  ["POST", "/v1/queues/orders/enqueue"],
  ["POST", "/v1/queues/orders/enqueue/batch"],
  ["POST", "/v1/queues/orders/dequeue"],
  ["POST", "/v1/queues/orders/settle"],
  ["POST", "/v1/queues/orders/leases/l_00000000000000000000/nack"],
  ["POST", "/v1/queues/orders/leases/l_00000000000000000000/extend"],
  ["POST", "/v1/queues/orders/extend"],
  ["POST", "/v1/session"],
] as const;

const entry = fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 4 });
const body = fc.oneof(
  fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 5 }),
  fc.record({ messages: fc.array(entry, { maxLength: 5 }) }),
  fc.record({ settlements: fc.array(entry, { maxLength: 5 }) }),
  fc.record({ body: value }),
  fc.record({ body: value, dedupId: fc.constantFrom("a", "b") }, { requiredKeys: ["body"] }),
  fc.record({ body: value, headers: value }),
  value,
);

it("no body, however odd, is answered with a 5xx, and every answer has its schema", async () => {
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), body, async ([method, path], sent) => {
      const { status } = await gateway.send(method, path, {
        raw: JSON.stringify(sent),
        headers: { "content-type": "application/json" },
      });
      seen.set(status, (seen.get(status) ?? 0) + 1);
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 2500 },
  );
  expect(gateway.logged).toEqual([]);
  // A run that meets nothing but refusals has tried nothing.
  expect(seen.get(200) ?? 0).toBeGreaterThan(20);
  expect(seen.get(201) ?? 0).toBeGreaterThan(20);
  expect(seen.get(400) ?? 0).toBeGreaterThan(500);
}, 60_000);

it("no bytes, headers or paths, however odd, are answered with a 5xx", async () => {
  const header = fc.constantFrom(
    "content-type",
    "idempotency-key",
    "prefer",
    "if-match",
    "if-none-match",
    "traceparent",
    "cookie",
    "origin",
    "sec-fetch-site",
    "quorate-delay-ms",
    "quorate-dedup-id",
    "x-request-id",
  );
  const text = fc.string({
    unit: fc.constantFrom(...Array.from('abc*"=;, 019./-_%')),
    maxLength: 30,
  });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .string({
        unit: fc.constantFrom(...Array.from('{}[]":,\\u01e-bodymessages ')),
        maxLength: 40,
      })
      .map((each) => Buffer.from(each)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      bytes,
      fc.dictionary(header, text, { maxKeys: 4 }),
      text,
      async ([method, path], raw, headers, query) => {
        const { status } = await gateway.send(method, `${path}?${encodeURI(query)}`, {
          raw,
          headers,
        });
        expect(status).toBeLessThan(500);
      },
    ),
    { numRuns: 1000 },
  );
  expect(gateway.logged).toEqual([]);
}, 60_000);
