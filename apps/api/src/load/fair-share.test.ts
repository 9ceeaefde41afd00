/** What one caller can take of a gateway: never so much that nothing is left for the others. */
import { expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { openWith } from "../testing/raw-connection.ts";
import { problemIn, type Sent } from "../testing/test-gateway.ts";

const mib = 1024 * 1024;
const gateway = await gatewayOfTests();

/** A token of somebody who may use all queues. */
const tokenOf = (sub: string) =>
  gateway.issuer.token("enqueue:* dequeue:* read:*", { claims: { sub } });

/** Begins a request and sends nothing of its body. */
const sendHead = (line: string, headers: readonly string[]) =>
  openWith(gateway, [`${line} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n"));

/** Begins such requests with bodies of so many bytes, and waits until the gateway has looked at them. */
async function hold(path: string, sub: string, lengths: readonly number[]): Promise<void> {
  const token = await tokenOf(sub);
  for (const length of lengths) {
    await sendHead(`POST ${path}`, [
      `Authorization: Bearer ${token}`,
      "Content-Type: application/json",
      `Content-Length: ${length}`,
    ]);
  }
  const mine: Sent = { body: { body: 1 }, token };
  await expect
    .poll(async () => (await gateway.send("POST", path, mine)).status, { timeout: 5000 })
    .toBe(503);
  expect(problemIn(await gateway.send("POST", path, mine))).toMatchObject({
    code: "overloaded",
    detail: "The caller holds his share of this gateway's room.",
    outcome: "not-executed",
    retryable: true,
  });
}

/** Together as much as all enqueues of a gateway may have. */
const greedy = [...Array.from({ length: 21 }, () => 6 * mib), 2 * mib];

it("slow bodies of one principal for the whole gateway leave others room to enqueue, also large ones", async () => {
  const path = await gateway.newQueue();
  await hold(`${path}/enqueue`, "greedy", greedy);
  const token = await tokenOf("modest");
  expect((await gateway.send("POST", `${path}/enqueue`, { body: { body: 1 }, token })).status).toBe(
    201,
  );
  const messages = Array.from({ length: 40 }, () => ({ body: "x".repeat(100_000) }));
  const batch = { body: { messages }, token };
  expect((await gateway.send("POST", `${path}/enqueue/batch`, batch)).status).toBe(200);
});

it("slow bodies of one principal's dequeues leave others room to dequeue and to settle", async () => {
  const path = await gateway.newQueue();
  await gateway.send("POST", `${path}/enqueue`, { body: { body: 1 } });
  await hold(`${path}/dequeue`, "greedy", greedy);
  const token = await tokenOf("modest");
  const { text } = await gateway.send("POST", `${path}/dequeue`, { body: {}, token });
  const [, leaseId = ""] = /"leaseId":"(l_\w+)"/.exec(text) ?? [];
  const ack = await gateway.send("POST", `${path}/leases/${leaseId}/ack`, { body: {}, token });
  expect(ack.status).toBe(200);
});

it("strangers can promise no long bodies, so they take no room of those who work or look", async () => {
  const slow = ["Transfer-Encoding: chunked", "Content-Type: application/json"];
  for (const line of ["GET /livez", "POST /v1/session"]) {
    for (let stranger = 0; stranger < 20; stranger++) await sendHead(line, slow);
  }
  const path = await gateway.newQueue();
  expect((await gateway.send("POST", `${path}/dequeue`, { body: {} })).status).toBe(200);
  expect((await gateway.send("GET", "/livez", { token: null })).status).toBe(200);
  const tooLong = { body: { token: "x".repeat(17_000) }, token: null };
  expect(problemIn(await gateway.send("POST", "/v1/session", tooLong))).toMatchObject({
    code: "payload-too-large",
    limit: "publicRequestBytesMax",
    max: 16_384,
  });
});
