/** What HTTP allows and few clients do, over raw connections. */
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { openWith } from "../testing/raw-connection.ts";

const gateway = await gatewayOfTests();
await gateway.send("PUT", "/v1/queues/orders", { body: {} });
const token = await gateway.issuer.token("enqueue:* dequeue:* read:*");
const head = `Host: x\r\nAuthorization: Bearer ${token}\r\n`;

/** A connection that has sent this. */
const open = (text: string) => openWith(gateway, text);

describe("a client", () => {
  it("that offers HTTP/2 as well is answered in HTTP/1.1, as its own would be", async () => {
    // Java's HttpClient does so by default, and curl with --http2.
    const offer =
      "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
    const read = await open(`GET /v1/queues/orders HTTP/1.1\r\n${head}${offer}\r\n`);
    expect(await read.closed).toMatch(/^HTTP\/1\.1 200 /);
    const sent = await open(
      `POST /v1/queues/orders/enqueue HTTP/1.1\r\n${head}${offer}` +
        'Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{"body":1}',
    );
    expect(await sent.closed).toMatch(/^HTTP\/1\.1 201 /);
  });

  it("that asks whether to send its body is told so, unless it is refused before", async () => {
    const ask = (path: string, headers: string) =>
      open(`POST ${path} HTTP/1.1\r\n${headers}Expect: 100-continue\r\n\r\n`);
    const json = "Content-Type: application/json\r\n";
    const path = "/v1/queues/orders/enqueue";
    const { socket, heard, closed } = await ask(path, `${head}${json}Content-Length: 10\r\n`);
    await expect.poll(heard).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write('{"body":1}');
    await expect.poll(heard).toContain("HTTP/1.1 201 ");
    socket.end();
    await closed;
    for (const [where, headers, status] of [
      [path, `Host: x\r\n${json}Content-Length: 10\r\n`, 401],
      ["/v1/queues/orders/purge", `${head}${json}Content-Length: 10\r\n`, 403],
      [path, `${head}${json}Content-Length: 6291457\r\n`, 413],
      [
        "/v1/queues/orders/dequeue",
        `${head}Content-Type: text/plain\r\nContent-Length: 10\r\n`,
        415,
      ],
      ["/v1/nowhere", `${head}${json}Content-Length: 10\r\n`, 404],
    ] as const) {
      const refused = await ask(where, headers);
      expect(await refused.closed, where).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    }
  });

  it("whose body is compressed on its way is 415: nobody would undo it", async () => {
    for (const coding of ["gzip, chunked", "deflate, chunked"]) {
      const { closed } = await open(
        `POST /v1/queues/orders/enqueue HTTP/1.1\r\n${head}Content-Type: text/plain\r\n` +
          `Transfer-Encoding: ${coding}\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
      );
      expect(await closed, coding).toMatch(/^HTTP\/1\.1 415 /);
    }
  });

  it("that sends an empty body in chunks has sent none, where a route takes none", async () => {
    const chunked = `Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    const none = await open(`GET /v1/queues/orders HTTP/1.1\r\n${head}${chunked}0\r\n\r\n`);
    expect(await none.closed).toMatch(/^HTTP\/1\.1 200 /);
    const some = await open(
      `GET /v1/queues/orders HTTP/1.1\r\n${head}${chunked}1\r\nx\r\n0\r\n\r\n`,
    );
    expect(await some.closed).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("that names the host in its target is answered as by the path alone", async () => {
    const ask = (target: string) =>
      open(`GET ${target} HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
    expect(await (await ask("http://x/v1/queues/orders")).closed).toMatch(/^HTTP\/1\.1 200 /);
    const unknown = await (await ask("http://x/v1/me?a=1")).closed;
    expect(unknown).toContain('"pointer":"?a"');
    const broken = await (await ask("http://[::/v1/me")).closed;
    expect(broken).toMatch(/^HTTP\/1\.1 400 /);
    expect(broken).toContain("application/problem+json");
  });

  it("of HTTP/1.0 that sends chunks is refused, and nothing behind them is read", async () => {
    const { closed } = await open(
      `POST /v1/queues/orders/dequeue HTTP/1.0\r\n${head}Connection: keep-alive\r\n` +
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.0\r\n\r\n",
    );
    const text = await closed;
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it("that names two hosts is refused, as two readers could differ about it", async () => {
    const { closed } = await open(
      `GET /v1/me HTTP/1.1\r\n${head}HOST: y\r\nConnection: close\r\n\r\n`,
    );
    const text = await closed;
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"pointer":"Host"');
  });

  it("that wants a websocket where there is none is answered as if it did not", async () => {
    const { closed } = await open(
      `GET /v1/me HTTP/1.1\r\n${head}Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`,
    );
    expect(await closed).toMatch(/^HTTP\/1\.1 200 /);
  });
});
