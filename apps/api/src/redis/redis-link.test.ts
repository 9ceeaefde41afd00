/** What becomes of a link whose connection comes, or goes, at the worst moment. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { hasRedis, linkTo, type RedisServer, startRedis } from "../testing/redis-server.ts";
import { createRedisLink } from "./redis-link.ts";

let redis: RedisServer;
const patientMs = 10_000;

describe.skipIf(!hasRedis)("a link to Redis", () => {
  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(async () => {
    await redis.stop();
  });

  /** Everybody's connections but the test's own. */
  const others = async () => (await redis.client.clientList()).length - 1;

  it("that is stopped while it connects leaves no connection behind", async () => {
    const links = Array.from({ length: 5 }, () => linkTo(redis, patientMs));
    for (const link of links) {
      link.subscribe("news", () => {});
      link.start();
    }
    // The system has connected by now, and nobody has been told of it yet.
    for (const link of links) link.stop();
    const seen: number[] = [];
    await vi.waitFor(
      async () => {
        seen.push(await others());
        expect(seen.slice(-20)).toEqual(Array.from({ length: 20 }, () => 0));
      },
      { timeout: patientMs, interval: 10 },
    );
  });

  it("that is cut off before Redis has confirmed what it wants to hear asks for it again", async () => {
    const address = await cutAtFirst("SUBSCRIBE");
    const link = createRedisLink(address, { info() {}, warn() {} }, patientMs);
    onTestFinished(() => link.stop());
    const heard: string[] = [];
    link.subscribe("news", () => void heard.push("channel"));
    link.subscribePattern("pictures*", () => void heard.push("pattern"));
    link.start();
    await vi.waitFor(
      async () => {
        await redis.client.publish("news", "");
        await redis.client.publish("pictures-of-cats", "");
        expect(new Set(heard)).toEqual(new Set(["channel", "pattern"]));
      },
      { timeout: patientMs, interval: 20 },
    );
  });

  it("whose user may not hear says so, and speaks all the same", async () => {
    await redis.client.aclSetUser("mute", ["on", "nopass", "+@all", "~*", "resetchannels"]);
    const warned: string[] = [];
    const log = { info() {}, warn: (message: string) => void warned.push(message) };
    const link = createRedisLink({ url: redis.url, username: "mute", password: "x" }, log);
    onTestFinished(() => link.stop());
    link.subscribe("news", () => {});
    link.start();
    await vi.waitFor(() => expect(warned).toEqual(["redis lets us hear nothing"]), patientMs);
    expect(link.isUsable()).toBe(true);
  });

  /** An address that leads to Redis, but that the first connection on which this is said is cut off there. */
  async function cutAtFirst(word: string) {
    let hasCut = false;
    const sockets: Socket[] = [];
    const proxy = createServer((near) => {
      const far = connect(Number(new URL(redis.url).port), "127.0.0.1");
      sockets.push(near, far);
      near.on("data", (chunk: Buffer) => {
        if (hasCut || !String(chunk).toUpperCase().includes(word)) return void far.write(chunk);
        hasCut = true;
        near.destroy();
      });
      far.on("data", (chunk: Buffer) => void near.write(chunk));
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        end.on("error", () => {});
        end.on("close", () => other.destroy());
      }
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    });
    const address = proxy.address();
    if (typeof address !== "object" || address === null) throw new Error("no port");
    return { url: `redis://127.0.0.1:${address.port}`, username: null, password: null };
  }
});
