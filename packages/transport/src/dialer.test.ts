import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { Prng } from "@quorate/prelude";
import { Server } from "socket.io";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFrameParser, frameEvent } from "./frame-parser.ts";
import { linkPath } from "./listener.ts";
import { packetBytesMax, redialMsMax, redialMsMin } from "./limits.ts";
import { frameOverheadBytes } from "./seal.ts";
import { replica, TestCluster, testClock, until } from "./test-cluster.ts";

/** Nine tenths of a redial's wait pass at once. */
const hastyClock = {
  ...testClock,
  after: (delayMs: number, callback: () => void) =>
    testClock.after(delayMs > redialMsMax ? delayMs : delayMs / 10, callback),
};

describe("a replica that dials a port which somebody else has taken", () => {
  let cluster = new TestCluster();
  let server: HttpServer | TcpServer | null = null;
  beforeEach(() => {
    cluster = new TestCluster();
  });
  afterEach(async () => {
    await cluster.stop();
    server?.close();
  });

  const listen = async (listening: HttpServer | TcpServer): Promise<void> => {
    server = listening;
    await new Promise<void>((resolve) => {
      listening.listen(0, "127.0.0.1", resolve);
    });
    const address = listening.address();
    if (typeof address === "object" && address !== null) cluster.ports.set(1, address.port);
  };
  /** A server that speaks Socket.IO and answers every offer with a frame of its choice. */
  const answerWith = async (answer: () => Uint8Array): Promise<void> => {
    const http = createServer();
    const parser = createFrameParser(() => undefined);
    const limit = 2 * packetBytesMax;
    const io = new Server(http, { path: linkPath, parser, maxHttpBufferSize: limit });
    io.on("connection", (socket) => socket.on(frameEvent, () => socket.emit(frameEvent, answer())));
    await listen(http);
  };

  it("survives random bytes in place of HTTP, and keeps dialing", async () => {
    const prng = new Prng(1);
    let connections = 0;
    await listen(
      createTcpServer((socket) => {
        connections += 1;
        socket.on("error", () => undefined);
        socket.end(prng.bytes(prng.below(400)));
      }),
    );
    const zero = await cluster.start(replica(0), { clock: hastyClock });
    await until(() => connections >= 20);
    expect(zero.events.ups).toEqual([]);
  });

  it("refuses every random answer to its offer, and counts it", async () => {
    const prng = new Prng(2);
    await answerWith(() => prng.bytes(1 + prng.below(300)));
    const zero = await cluster.start(replica(0), { clock: hastyClock });
    const rejects = zero.transport.rejects.bind(zero.transport);
    await until(() => (rejects().get("hello-malformed") ?? 0) >= 20);
    expect(zero.events.ups).toEqual([]);
  });

  it("refuses an answer that is larger than every frame, before it has arrived", async () => {
    await answerWith(() => new Uint8Array(packetBytesMax + frameOverheadBytes + 1));
    const zero = await cluster.start(replica(0), { clock: hastyClock });
    await until(() => (zero.transport.rejects().get("oversized") ?? 0) >= 1);
    expect(zero.events.ups).toEqual([]);
  });

  it("waits longer after each refusal, up to a second, and never all at once", async () => {
    const waitsMs: number[] = [];
    const clock = {
      ...testClock,
      after: (delayMs: number, callback: () => void) => {
        if (delayMs > redialMsMax) return testClock.after(delayMs, callback);
        waitsMs.push(delayMs);
        return testClock.after(0, callback);
      },
    };
    await cluster.start(replica(0), { clock, dialAddressOf: () => "http://127.0.0.1:1" });
    await until(() => waitsMs.length >= 40);
    // Two peers are dialed; each began with the shortest wait.
    const [first = 0, second = 0] = waitsMs;
    for (const waitMs of [first, second]) expect(waitMs).toBeLessThanOrEqual(redialMsMin);
    expect(Math.max(...waitsMs)).toBeLessThanOrEqual(redialMsMax);
    for (const waitMs of waitsMs.slice(-10)) {
      expect(waitMs).toBeGreaterThanOrEqual(redialMsMax / 2);
    }
    expect(new Set(waitsMs.slice(-10)).size).toBe(10);
  });
});
