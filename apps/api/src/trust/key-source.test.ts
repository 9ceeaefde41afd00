import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { jwksBytesMax } from "../limits.ts";
import { urlSource } from "./key-source.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** The address of a server on loopback that answers so. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return typeof address === "object" ? `http://127.0.0.1:${address?.port}/jwks` : "";
}

describe("the address of a key set", () => {
  it("is read as it answers", async () => {
    const url = await serve((_request, response) => response.end('{"keys":[]}'));
    expect(await urlSource(url)()).toBe('{"keys":[]}');
  });

  it("leads nowhere else", async () => {
    const elsewhere = await serve((_request, response) => response.end("{}"));
    const url = await serve((_request, response) =>
      response.writeHead(302, { location: elsewhere }).end(),
    );
    await expect(urlSource(url)()).rejects.toThrow(TypeError);
  });

  it.each([
    ["with another status", (): RequestListener => (_, answer) => answer.writeHead(500).end("{}")],
    [
      "with too many bytes",
      (): RequestListener => (_, answer) => answer.end("x".repeat(jwksBytesMax + 1)),
    ],
    [
      "with bytes that are no UTF-8",
      (): RequestListener => (_, answer) => answer.end(Buffer.from([0xff, 0xfe])),
    ],
    ["by hanging up", (): RequestListener => (request) => request.socket.destroy()],
  ])("that answers %s has no key set", async (_name, answer) => {
    await expect(urlSource(await serve(answer()))()).rejects.toThrow(Error);
  });

  it("that is silent is not waited for", async () => {
    const url = await serve((_request, response) => {
      response.write("{");
    });
    await expect(urlSource(url, 50)()).rejects.toThrow(/timeout|aborted/i);
  });
});
