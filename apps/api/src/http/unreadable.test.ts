/** What cannot be read as HTTP, behind what can: one answer for each request, and then the end. */
import { livePath, requestBytesMax } from "@quorate/contract";
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { openWith } from "../testing/raw-connection.ts";

const gateway = await gatewayOfTests();
const token = await gateway.issuer.token("enqueue:* dequeue:* manage:* read:*");
const head = `Host: x\r\nAuthorization: Bearer ${token}\r\n`;
const json = "Content-Type: application/json\r\n";

const open = (text: string) => openWith(gateway, text);

/** The status lines in what came back. */
function answersIn(text: string): readonly string[] {
  return text.match(/HTTP\/1\.1 \d+/g) ?? [];
}

function post(path: string, body: object): string {
  const text = JSON.stringify(body);
  return (
    `POST /v1/queues/${path} HTTP/1.1\r\n${head}${json}` +
    `Content-Length: ${text.length}\r\n\r\n${text}`
  );
}

const broken = () =>
  `POST /v1/queues/any/enqueue HTTP/1.1\r\n${head}${json}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`;

/** A long poll on a queue of its own that has begun to wait. */
async function poll(queue: string) {
  await gateway.send("PUT", `/v1/queues/${queue}`, { body: {} });
  const connection = await open(post(`${queue}/dequeue`, { waitMs: 30_000 }));
  const isWaiting = async () => {
    const { json: answer } = await gateway.send("GET", `/v1/queues/${queue}`);
    return (answer["stats"] as { consumers: number }).consumers;
  };
  await expect.poll(isWaiting).toBe(1);
  return connection;
}

describe("a request", () => {
  it("whose body has no length gets its answer, and then the connection ends", async () => {
    await gateway.send("PUT", "/v1/queues/lengthless", { body: {} });
    const { closed } = await open(
      `DELETE /v1/queues/lengthless HTTP/1.1\r\n${head}${json}\r\n{"force":true}`,
    );
    const text = await closed;
    expect(text).toContain("Connection: close");
    expect(answersIn(text)).toEqual(["HTTP/1.1 204"]);
    expect((await gateway.send("GET", "/v1/queues/lengthless")).status).toBe(404);
  });

  it("that waits gets its own answer though nonsense came behind it", async () => {
    for (const [queue, nonsense] of [
      ["behind-1", "HELLO\r\n\r\n"],
      ["behind-2", broken()],
      ["behind-3", `GET /v1/me HTTP/1.1\r\nX: ${"x".repeat(9000)}\r\n\r\n`],
      ["behind-4", '{"a":1}'.repeat(1000)],
    ] as const) {
      const { socket, heard, closed } = await poll(queue);
      socket.write(nonsense);
      // In the meantime nothing is said.
      expect((await gateway.send("GET", "/livez")).status).toBe(200);
      expect(heard(), queue).toBe("");
      await gateway.send("POST", `/v1/queues/${queue}/enqueue`, { body: { body: queue } });
      const text = await closed;
      expect(answersIn(text), queue).toEqual(["HTTP/1.1 200"]);
      expect(text).toContain("Connection: close");
      expect(text).toContain(`"body":"${queue}"`);
    }
  });

  it("before nonsense is answered in its turn, however many there are", async () => {
    await gateway.send("PUT", "/v1/queues/turns", { body: {} });
    const { closed } = await open(
      post("turns/enqueue", { body: 1 }) + post("turns/dequeue", {}) + broken(),
    );
    expect(answersIn(await closed)).toEqual(["HTTP/1.1 201", "HTTP/1.1 200"]);
  });

  it("that was refused before its body came is not answered again because of its body", async () => {
    const { socket, heard, closed } = await open(
      `POST /v1/queues/any/enqueue HTTP/1.1\r\nHost: x\r\n${json}Transfer-Encoding: chunked\r\n\r\n`,
    );
    await expect.poll(heard).toContain("token-missing");
    socket.write("ZZ\r\n");
    expect(answersIn(await closed)).toEqual(["HTTP/1.1 401"]);
  });

  it("whose own body is broken gets the refusal, once", async () => {
    const { closed } = await open(broken());
    expect(answersIn(await closed)).toEqual(["HTTP/1.1 400"]);
  });

  it("that never comes to a route is waited for like any other", async () => {
    for (const first of [
      `GET /livez HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n`,
      `GET ${livePath}/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET /livez HTTP/1.1\r\n\r\n`,
    ]) {
      const { closed } = await open(`${first}HELLO\r\n\r\n`);
      expect(answersIn(await closed)).toHaveLength(1);
    }
  });
});

describe("who sends nonsense behind a long poll", () => {
  it("and goes takes nothing", async () => {
    const { socket, closed } = await poll("gone");
    socket.write("HELLO\r\n\r\n");
    socket.end();
    expect(await closed).toBe("");
    await gateway.send("POST", "/v1/queues/gone/enqueue", { body: { body: 1 } });
    const { json: answer } = await gateway.send("GET", "/v1/queues/gone");
    expect(answer["stats"]).toMatchObject({ ready: 1, leased: 0 });
  });

  it("and does not stop sending it is cut off", async () => {
    const { socket, closed } = await poll("flood");
    const chunk = Buffer.alloc(64 * 1024, "x");
    const more = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on("drain", more);
    more();
    expect(await closed).toBe("");
    expect(socket.bytesWritten).toBeGreaterThan(requestBytesMax);
  });
});
