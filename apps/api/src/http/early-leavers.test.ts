/** Clients that go away while the gateway still looks at who they are: they leave nothing behind. */
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { openWith } from "../testing/raw-connection.ts";

const gateway = await gatewayOfTests({ limits: { addingCallsMax: 2 } });

interface Leaving {
  readonly path: string;
  readonly head: string;
  readonly body: string;
  /** How many send and go at one moment. */
  readonly together: number;
}

/**
 * Sends the same request as many clients, who go when they have sent it. Their tokens are new here,
 * so that checking the signatures takes longer than to go.
 */
async function sendAndGo({ path, head, body, together }: Leaving): Promise<void> {
  for (let client = 0; client < 60; client += together) {
    const texts = Array.from({ length: together }, async () => {
      const token = await gateway.issuer.token("enqueue:* dequeue:*");
      const first = `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`;
      return `${first}${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    });
    const all = await Promise.all(
      texts.map(async (text) => ({ text: await text, to: await openWith(gateway, "") })),
    );
    for (const { text, to } of all) to.socket.end(text);
    await Promise.all(all.map(({ to }) => to.closed));
  }
}

describe("clients that go before it is known who they are", () => {
  it("take no place for ever, although nobody hears of their bodies any more", async () => {
    const path = await gateway.newQueue();
    const head = "Content-Type: application/json";
    await sendAndGo({ path: `${path}/enqueue`, head, body: '{"body":1}', together: 1 });
    const enqueue = () => gateway.send("POST", `${path}/enqueue`, { body: { body: 2 } });
    await expect.poll(async () => (await enqueue()).status, { timeout: 10_000 }).toBe(201);
  });

  it("are handed no messages, however long they wanted to wait", async () => {
    const path = await gateway.newQueue();
    const head = "Prefer: wait=20";
    await sendAndGo({ path: `${path}/dequeue`, head, body: "", together: 60 });
    for (let round = 0; round < 3; round++) await gateway.send("GET", path);
    await gateway.send("POST", `${path}/enqueue`, { body: { body: 1 } });
    const { json } = await gateway.send("POST", `${path}/dequeue`, { body: { waitMs: 3000 } });
    expect(json["messages"]).toHaveLength(1);
  });
});
