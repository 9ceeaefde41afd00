import type { Clock } from "@quorate/ports";
import { Prng } from "@quorate/prelude";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dialHello } from "./hello.ts";
import { helloBytesMax, packetBytesMax, unauthenticatedSocketsMax } from "./limits.ts";
import { FrameSealer, frameOverheadBytes } from "./seal.ts";
import { replica, TestCluster, testClock, type TestPeer, until } from "./test-cluster.ts";
import { Stranger } from "./test-stranger.ts";

/** A clock whose waits end when the test says so. */
function patientClock() {
  let waits = new Set<() => void>();
  const clock: Clock = {
    ...testClock,
    after: (_delayMs, callback) => {
      waits.add(callback);
      return () => waits.delete(callback);
    },
  };
  /** Ends the waits of this moment, not those that begin because of it. */
  const endWaits = (): void => {
    const due = waits;
    waits = new Set();
    for (const callback of due) callback();
  };
  return { clock, endWaits };
}

describe("a replica whose port strangers reach", () => {
  let cluster = new TestCluster();
  let one: TestPeer;
  let strangers: Stranger[] = [];

  beforeEach(async () => {
    cluster = new TestCluster();
    one = await cluster.start(replica(1));
    strangers = [];
  });
  afterEach(async () => {
    for (const stranger of strangers) stranger.close();
    await cluster.stop();
  });

  const rejects = (reason: string): number => one.transport.rejects().get(reason) ?? 0;
  const rejectsTotal = (): number =>
    [...one.transport.rejects().values()].reduce((sum, count) => sum + count, 0);
  const arrive = (): Stranger => {
    const stranger = new Stranger(one.transport.port ?? 0);
    strangers.push(stranger);
    return stranger;
  };
  const refused = async (stranger: Stranger, reason: string, count = 1): Promise<void> => {
    await until(() => stranger.isClosed && rejects(reason) === count);
    expect(one.events.ups).toEqual([]);
  };
  /** Somebody with the key of replica 0: the honest hello, by hand. */
  const linkAs = async (stranger: Stranger) => {
    const linked = await stranger.link(cluster.identityOf(0), replica(1));
    await until(() => one.events.ups.length === 1);
    return linked;
  };

  it("refuses browsers", async () => {
    await refused(arrive().upgrade("Origin: http://x\r\n"), "origin");
    expect(rejectsTotal()).toBe(1);
  });

  it("refuses polling, other paths, old protocols and broken HTTP", async () => {
    const requests = [
      "GET /link/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET /link/?EIO=3&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "\0\u0001 no HTTP at all\r\n\r\n",
      `GET / HTTP/1.1\r\nX: ${"x".repeat(helloBytesMax)}\r\n\r\n`,
    ];
    for (const [index, request] of requests.entries()) {
      const stranger = arrive();
      stranger.socket.write(request);
      await refused(stranger, "http", index + 1);
    }
  });

  it("closes sockets that stay silent, at each stage of the hello", async () => {
    await one.transport.stop();
    const { clock, endWaits } = patientClock();
    one = await cluster.start(replica(1), { clock });
    const stages = [
      async (_stranger: Stranger) => undefined,
      (stranger: Stranger) => stranger.open(),
      (stranger: Stranger) => stranger.join(),
      async (stranger: Stranger) => {
        (await stranger.join()).sendBinary(dialHello(cluster.identityOf(0), replica(1)).offer);
        await until(() => stranger.messages.length === 1);
      },
    ];
    for (const [index, reach] of stages.entries()) {
      const stranger = arrive();
      await reach(stranger);
      await until(() => {
        endWaits();
        return rejects("hello-timeout") === index + 1;
      });
      await refused(stranger, "hello-timeout", index + 1);
    }
  });

  it("reads no more than a hello's bytes before the hello", async () => {
    const dripping = await arrive().join();
    dripping.claimLength(packetBytesMax);
    dripping.socket.write(Buffer.alloc(2 * helloBytesMax));
    await refused(dripping, "hello-bytes");
  });

  it("refuses a message above every limit at its first bytes", async () => {
    const stranger = await arrive().join();
    stranger.claimLength(packetBytesMax + frameOverheadBytes + 1);
    await refused(stranger, "oversized");
  });

  it("takes only so many at a time, and still serves its peers", async () => {
    const zero = await cluster.start(replica(0));
    await until(() => zero.events.ups.length === 1);
    const crowd = Array.from({ length: unauthenticatedSocketsMax + 4 }, () => arrive());
    await until(() => rejects("too-many") === 4);
    await until(() => crowd.filter(({ isClosed }) => isClosed).length === 4);
    zero.transport.send(replica(1), Uint8Array.of(1));
    await until(() => one.events.packets.length === 1);
    for (const stranger of crowd) stranger.close();
  });

  it("refuses a hello that was recorded, and keeps the link of its speaker", async () => {
    const { offer, proof } = await linkAs(arrive());
    const replayer = await arrive().join();
    replayer.sendBinary(offer);
    await until(() => replayer.messages.length === 1);
    replayer.sendBinary(proof);
    await until(() => replayer.isClosed && rejects("hello-signature") === 1);
    expect([one.events.ups, one.events.downs]).toEqual([["r0"], []]);
  });

  it("refuses its own answer as a proof", async () => {
    const stranger = await arrive().join();
    stranger.sendBinary(dialHello(cluster.identityOf(0), replica(1)).offer);
    await until(() => stranger.messages.length === 1);
    const answer = stranger.messages[0] ?? new Uint8Array();
    stranger.sendBinary(answer.subarray(answer.length - 64));
    await refused(stranger, "hello-signature");
  });

  it("closes the link at a frame that is replayed, and delivers it once", async () => {
    const stranger = arrive();
    const { keys } = await linkAs(stranger);
    const frame = new FrameSealer(keys.dialToAccept, 0).seal("packet", Uint8Array.of(5));
    stranger.sendBinary(frame);
    await until(() => one.events.packets.length === 1);
    stranger.sendBinary(frame);
    await until(() => stranger.isClosed && rejects("sequence") === 1);
    expect([one.events.packets.length, one.events.downs]).toEqual([1, ["r0"]]);
  });

  it("closes the link at a frame with a flipped bit, and at its own frame reflected", async () => {
    const first = arrive();
    const { keys } = await linkAs(first);
    const frame = new FrameSealer(keys.dialToAccept, 0).seal("packet", Uint8Array.of(5));
    frame[frame.length - 1] = (frame[frame.length - 1] ?? 0) ^ 1;
    first.sendBinary(frame);
    await until(() => first.isClosed && rejects("seal") === 1);
    const second = arrive();
    await second.link(cluster.identityOf(0), replica(1));
    await until(() => second.messages.length === 2);
    second.sendBinary(second.messages[1] ?? new Uint8Array());
    await until(() => second.isClosed && rejects("seal") === 2);
    expect(one.events.packets).toEqual([]);
  });

  it("closes an authenticated link that sends a message above the limit", async () => {
    const stranger = arrive();
    await linkAs(stranger);
    stranger.claimLength(packetBytesMax + frameOverheadBytes + 1);
    await until(() => stranger.isClosed && rejects("oversized") === 1);
    expect(one.events.downs).toEqual(["r0"]);
  });

  it("gives up a peer whose machine froze, although its connection stays open", async () => {
    // Nobody answers the pings of this connection.
    const frozen = arrive();
    await linkAs(frozen);
    await until(() => one.events.downs.length === 1);
    expect(one.transport.linked()).toEqual([]);
  });

  it("survives 1,100 connections of random bytes, counts each, and links to its peer", async () => {
    await one.transport.stop();
    // Time flies, so that the budget of one address is never used up.
    const clock = { ...testClock, monotonicMs: () => 100 * performance.now() };
    one = await cluster.start(replica(1), { clock });
    const prng = new Prng(7);
    const { offer } = dialHello(cluster.identityOf(0), replica(1));
    for (let round = 0; round < 110; round++) {
      const crowd = Array.from({ length: 10 }, () => arrive());
      await Promise.all(crowd.map((stranger) => sendGarbage(stranger, offer, prng)));
      await until(() => crowd.every(({ isClosed }) => isClosed));
      await until(() => rejectsTotal() >= (round + 1) * crowd.length);
    }
    expect(one.events.ups).toEqual([]);
    const zero = await cluster.start(replica(0));
    await until(() => zero.events.ups.length === 1);
  });
});

/** Bytes at one of the layers: HTTP, websocket, Engine.IO, Socket.IO, the hello. */
async function sendGarbage(stranger: Stranger, offer: Uint8Array, prng: Prng): Promise<void> {
  const noise = prng.bytes(1 + prng.below(300));
  switch (prng.below(6)) {
    case 0:
      stranger.socket.write(
        Buffer.concat([Buffer.from("GARBAGE "), noise, Buffer.from("\r\n\r\n")]),
      );
      return;
    case 1:
      // A reserved opcode, so that every such run of bytes is a violation.
      (await stranger.open()).socket.write(Buffer.concat([Buffer.from([0x83]), noise]));
      return;
    case 2:
      (await stranger.join()).sendText(`4${Buffer.from(noise).toString("base64")}`);
      return;
    case 3:
      (await stranger.join()).sendText(`42["m",${JSON.stringify([...noise])}]`);
      return;
    case 4:
      (await stranger.join()).sendBinary(noise);
      return;
    default: {
      const mutated = offer.slice();
      // Nonce, key, boot and incarnation may hold anything; all before them is checked.
      const at = prng.below(offer.length - 76);
      mutated[at] = (mutated[at] ?? 0) ^ (1 + prng.below(255));
      (await stranger.join()).sendBinary(mutated);
    }
  }
}
