import type { Crypto } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionsAtOnceMax, helloMsMax, unauthenticatedSocketsMax } from "./limits.ts";
import { dialHello } from "./hello.ts";
import {
  replica,
  TestCluster,
  testClock,
  testCrypto,
  type TestPeer,
  until,
} from "./test-cluster.ts";
import { Stranger } from "./test-stranger.ts";

describe("a replica whose port a crowd of strangers reaches", () => {
  let cluster = new TestCluster();
  let zero: TestPeer;
  let one: TestPeer;
  let strangers: Stranger[] = [];
  /** Stands still, so that what is used up stays used up. */
  let nowMs = 0;

  beforeEach(async () => {
    cluster = new TestCluster();
    strangers = [];
    nowMs = 0;
    const clock = { ...testClock, monotonicMs: () => nowMs };
    one = await cluster.start(replica(1), { clock });
    zero = await cluster.start(replica(0));
    await until(() => zero.events.ups.length === 1 && one.events.ups.length === 1);
  });
  afterEach(async () => {
    for (const stranger of strangers) stranger.close();
    await cluster.stop();
  });

  const rejects = (reason: string): number => one.transport.rejects().get(reason) ?? 0;
  const arrive = (count: number): readonly Stranger[] => {
    const port = one.transport.port ?? 0;
    const crowd = Array.from({ length: count }, () => new Stranger(port));
    strangers.push(...crowd);
    return crowd;
  };
  const oneHears = async (packet: number): Promise<void> => {
    const before = one.events.packets.length;
    zero.transport.send(replica(1), Uint8Array.of(packet));
    await until(() => one.events.packets.length === before + 1);
    expect([one.events.downs, zero.events.downs]).toEqual([[], []]);
  };

  it("ends the oldest of them to make room, and takes a hello in the midst of all", async () => {
    const lingering = arrive(unauthenticatedSocketsMax);
    await Promise.all(lingering.map((stranger) => stranger.open()));
    const [peer] = arrive(1);
    await peer?.link(cluster.identityOf(0), replica(1));
    await until(() => one.events.ups.length === 2);
    expect(rejects("too-many")).toBe(1);
    expect(lingering.map(({ isClosed }) => isClosed).indexOf(false)).toBe(1);
  });

  it("asks no more of itself than so many connections of one address cost", async () => {
    // One was the peer's link.
    const crowd = arrive(connectionsAtOnceMax + 20);
    await until(() => rejects("too-often") === 21);
    await until(() => crowd.filter(({ isClosed }) => isClosed).length >= 21);
    await oneHears(1);
    nowMs += helloMsMax;
    const [peer] = arrive(1);
    await peer?.link(cluster.identityOf(0), replica(1));
    await until(() => one.events.ups.length === 2);
  });

  it("verifies no more signatures than so many connections may ask for", async () => {
    await one.transport.stop();
    let verified = 0;
    const crypto: Crypto = {
      ...testCrypto,
      verify: (...args) => {
        verified += 1;
        return testCrypto.verify(...args);
      },
    };
    const clock = { ...testClock, monotonicMs: () => nowMs };
    one = await cluster.start(replica(1), { clock, crypto });
    await zero.transport.stop();
    const before = verified;
    // Each says the hello of replica 0, and then proves nothing.
    const { offer } = dialHello(cluster.identityOf(0), replica(1));
    const lie = async (stranger: Stranger): Promise<void> => {
      stranger.upgrade();
      await until(() => stranger.texts.length === 1 || stranger.isClosed);
      stranger.sendText("40");
      await until(() => stranger.texts.length === 2 || stranger.isClosed);
      stranger.sendBinary(offer);
      await until(() => stranger.messages.length === 1 || stranger.isClosed);
      stranger.sendBinary(new Uint8Array(64));
      await until(() => stranger.isClosed);
    };
    for (let round = 0; round < 8; round++) await Promise.all(arrive(30).map(lie));
    expect(verified - before).toBeLessThanOrEqual(connectionsAtOnceMax);
    expect(verified - before).toBe(rejects("hello-signature"));
    expect(rejects("hello-signature")).toBeGreaterThan(connectionsAtOnceMax / 2);
  });

  it("takes one request of HTTP from each, and none that does not end", async () => {
    const polling = "GET /link/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n";
    const posting =
      "POST /link/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const [many, endless] = arrive(2);
    many?.socket.write(polling.repeat(1_000));
    endless?.socket.write(`${posting}ffffff\r\n${"x".repeat(10_000)}`);
    await until(() => many?.isClosed === true && endless?.isClosed === true);
    expect([rejects("http"), rejects("hello-timeout")]).toEqual([2, 0]);
    await oneHears(2);
  });

  it("answers no ping of theirs", async () => {
    const [stranger] = arrive(1);
    (await stranger?.open())?.sendPing();
    await until(() => stranger?.isClosed === true && rejects("websocket") === 1);
    await oneHears(3);
  });
});
