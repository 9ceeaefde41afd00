import { once } from "node:events";
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { HttpConnection } from "./http-connection.ts";

/** A server that ends each connection after so many requests, and answers what it was sent. */
async function startServer(requestsPerSocketMax: number) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      const body = Buffer.concat(chunks);
      response.writeHead(201, { "content-length": body.length }).end(body);
    });
  });
  server.maxRequestsPerSocket = requestsPerSocketMax;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { seen, apiUrl: `http://127.0.0.1:${port}` };
}

test("answers come whole, also those that are longer than one read", async () => {
  const { seen, apiUrl } = await startServer(0);
  const connection = new HttpConnection({ apiUrl, token: "t" });
  onTestFinished(() => connection.close());
  const long = JSON.stringify("ü".repeat(300_000));
  expect(await connection.post("/a", long)).toEqual({ status: 201, text: long });
  expect(await connection.post("/b", "{}")).toEqual({ status: 201, text: "{}" });
  expect(seen).toEqual(["POST /a Bearer t", "POST /b Bearer t"]);
});

test("a connection that the server ends is opened again for the next call", async () => {
  const { seen, apiUrl } = await startServer(2);
  const connection = new HttpConnection({ apiUrl, token: "t" });
  onTestFinished(() => connection.close());
  for (let call = 0; call < 5; call++) {
    expect((await connection.post("/c", String(call))).text).toBe(String(call));
  }
  expect(seen.length).toBe(5);
});
