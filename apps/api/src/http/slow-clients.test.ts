/** Clients that are slow on purpose, over raw connections: each ends in time, and hinders nobody. */
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { send } from "./answer.ts";
import { measureEventLoopLag } from "../load/event-loop-lag.ts";
import { openWith } from "../testing/raw-connection.ts";
import { startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

const gateways: TestGateway[] = [];

afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.stop();
});

async function start(limits: Record<string, number>): Promise<TestGateway> {
  const gateway = await startTestGateway({ limits });
  gateways.push(gateway);
  return gateway;
}

/** The problem in the answer, whose request id stands in its header too. */
function problemOf(answer: string): Record<string, unknown> {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request/);
  expect(head).toContain("Content-Type: application/problem+json");
  const problem = JSON.parse(body) as Record<string, unknown>;
  expect(head).toContain(`X-Request-Id: ${String(problem["requestId"])}`);
  return problem;
}

describe("a client", () => {
  it("that does not come to the end of its headers is cut off, many of them hinder nobody", async () => {
    const gateway = await start({ headersTimeoutMs: 2000 });
    const open = Array.from({ length: 100 }, () =>
      openWith(gateway, "GET /v1/me HTTP/1.1\r\nHost: x\r\nX-A: "),
    );
    const slow = await Promise.all(open);
    expect((await gateway.send("GET", "/livez")).status).toBe(200);
    for (const text of await Promise.all(slow.map(({ closed }) => closed))) {
      expect(problemOf(text)).toMatchObject({ status: 400, code: "request-invalid" });
    }
  });

  it("that does not come to the end of its body is cut off", async () => {
    const gateway = await start({ headersTimeoutMs: 500, requestTimeoutMs: 1000 });
    const token = await gateway.issuer.token("enqueue:*");
    const { closed } = await openWith(
      gateway,
      `POST /v1/queues/orders/enqueue HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"body":',
    );
    expect(problemOf(await closed)).toMatchObject({ status: 400, code: "request-invalid" });
  });

  it("that does not take its answer is cut off", async () => {
    // More than the kernel takes for a reader that does not read.
    const body = Buffer.alloc(64 * 1024 * 1024);
    const server = createServer((_request, response) => {
      send(response, { status: 200, body: [body] }, 200);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const socket = connect(port, "127.0.0.1").pause();
    onTestFinished(() => {
      socket.destroy();
    });
    const [connection] = (await once(server, "connection")) as [Socket];
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(connection, "close");
    server.close();
  });

  it("beyond the limit of connections is closed at once, and those before it are not", async () => {
    const gateway = await start({ connectionsMax: 2 });
    const first = await openWith(gateway, "");
    await openWith(gateway, "");
    const third = await openWith(gateway, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await third.closed).toBe("");
    const answered = once(first.socket, "data");
    first.socket.write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(String(await answered)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("whose headers are too many or too long is refused", async () => {
    const gateway = await start({});
    for (const headers of [`X: ${"x".repeat(9000)}\r\n`, "X: x\r\n".repeat(65)]) {
      const text = `GET /livez HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
      const { closed } = await openWith(gateway, text);
      const limit = { limit: "headerBytesMax", max: 8192 };
      expect(problemOf(await closed)).toMatchObject({ code: "limit-exceeded", ...limit });
    }
  });

  it("that does not speak HTTP is told so", async () => {
    const gateway = await start({});
    const { closed } = await openWith(gateway, "HELLO\r\n\r\n");
    const problem = { code: "request-invalid", outcome: "not-executed", retryable: false };
    expect(problemOf(await closed)).toMatchObject(problem);
    const text = "GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n";
    const hostless = await openWith(gateway, text);
    expect(problemOf(await hostless.closed)).toMatchObject({ errors: [{ pointer: "Host" }] });
  });

  it("that expects what nobody knows is answered all the same", async () => {
    const gateway = await start({});
    const { closed } = await openWith(
      gateway,
      "GET /livez HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n",
    );
    expect(await closed).toMatch(/^HTTP\/1\.1 200 /);
  });
});

it("the lag is seen while the process is busy, and is over soon after", async () => {
  const lag = measureEventLoopLag();
  const end = performance.now() + 400;
  while (performance.now() < end) {
    // Nothing else can run.
  }
  expect(lag.lagMs()).toBeGreaterThan(200);
  await expect.poll(() => lag.lagMs(), { timeout: 10_000 }).toBeLessThan(100);
  lag.stop();
});
