import { randomInt } from "node:crypto";
import { transportConformance } from "@quorate/ports/conformance/transport";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dialHello } from "./hello.ts";
import { backlogBytesMax, packetBytesMax } from "./limits.ts";
import { gateway, replica, TestCluster, testCrypto, type TestPeer, until } from "./test-cluster.ts";

transportConformance(async (leftEvents, rightEvents) => {
  const cluster = new TestCluster();
  const port = await freePort();
  cluster.ports.set(1, port);
  const left = cluster.create(replica(0), { events: leftEvents });
  const right = cluster.create(replica(1), { events: rightEvents });
  return {
    left,
    leftId: replica(0),
    right,
    rightId: replica(1),
    stranger: gateway(9),
    recreateRight: (events) => cluster.create(replica(1), { events, boot: 2 }),
    close: () => cluster.stop(),
  };
});

describe("the links of a cluster", () => {
  let cluster = new TestCluster();
  beforeEach(() => {
    cluster = new TestCluster();
  });
  afterEach(() => cluster.stop());

  const linkedPair = async (): Promise<readonly [zero: TestPeer, one: TestPeer]> => {
    const one = await cluster.start(replica(1));
    const zero = await cluster.start(replica(0));
    await until(() => zero.events.ups.length === 1 && one.events.ups.length === 1);
    return [zero, one];
  };

  it("connect every replica with every other, whoever started first, and gateways with all", async () => {
    for (const index of [2, 1, 0]) await cluster.start(replica(index));
    const edge = await cluster.start(gateway(0));
    await until(() => cluster.peers.every(({ transport }) => transport.linked().length === 3));
    expect(edge.transport.port).toBeNull();
    expect(edge.events.ups.toSorted()).toEqual(["r0", "r1", "r2"]);
  });

  it("give the newer process of a key its links, and refuse the older one's", async () => {
    const one = await cluster.start(replica(1));
    const older = await cluster.start(replica(0), { boot: 4 });
    await until(() => older.events.ups.length === 1);
    const newer = await cluster.start(replica(0), { boot: 5 });
    await until(() => newer.events.ups.length === 1 && older.events.downs.length === 1);
    await until(() => (one.transport.rejects().get("stale-boot") ?? 0) >= 2);
    expect(one.events.ups).toEqual(["r0", "r0"]);
    expect(newer.events.downs).toEqual([]);
    one.transport.send(replica(0), Uint8Array.of(1));
    await until(() => newer.events.packets.length === 1);
    expect(older.events.packets).toEqual([]);
  });

  it("take new keys while packets flow, and lose none", async () => {
    const keyLimits = { frames: 50, bytes: 2 ** 30, ageMs: 2 ** 30 };
    const one = await cluster.start(replica(1), { keyLimits });
    const zero = await cluster.start(replica(0), { keyLimits });
    await until(() => zero.events.ups.length === 1 && one.events.ups.length === 1);
    for (let sent = 0; sent < 400; sent++) {
      zero.transport.send(replica(1), Uint8Array.of(sent & 0xff));
      await until(() => one.events.packets.length === sent + 1);
    }
    expect(one.events.packets.map(({ packet }) => packet[0])).toEqual(
      Array.from({ length: 400 }, (_, at) => at & 0xff),
    );
    expect([...zero.events.downs, ...one.events.downs]).toEqual([]);
    expect([...zero.transport.rejects(), ...one.transport.rejects()]).toEqual([]);
  });

  it("drop what would make more than the backlog wait, and what is larger than a packet", async () => {
    const [zero, one] = await linkedPair();
    const packet = new Uint8Array(2 ** 20);
    let taken = 0;
    while (zero.transport.send(replica(1), packet)) taken += 1;
    expect(taken).toBe(Math.floor(backlogBytesMax / (packet.length + 4)));
    expect(zero.transport.bytesWaiting(replica(1))).toBeLessThanOrEqual(backlogBytesMax);
    await until(() => one.events.packets.length === taken);
    expect(zero.transport.send(replica(1), new Uint8Array(packetBytesMax + 1))).toBe(false);
    expect(zero.transport.send(replica(1), new Uint8Array(packetBytesMax))).toBe(true);
    await until(() => one.events.packets.length === taken + 1);
    expect([...zero.transport.rejects()]).toEqual([
      ["backlog", 1],
      ["oversized", 1],
    ]);
  });

  it("give packets whose slice is a copy", async () => {
    const [zero, one] = await linkedPair();
    for (const packet of [Uint8Array.of(1), Uint8Array.of(2)]) {
      zero.transport.send(replica(1), packet);
    }
    zero.transport.send(replica(1), new Uint8Array(100_000));
    await until(() => one.events.packets.length === 3);
    expect(one.events.packets.some(({ packet }) => Buffer.isBuffer(packet))).toBe(false);
  });

  it.each([
    ["cluster", { clusterId: testCrypto.randomBytes(32) }],
    ["configuration", { epoch: 2 }],
  ])("refuse a peer with another %s", async (reason, change) => {
    const one = await cluster.start(replica(1));
    const config = { ...cluster.config, ...change } as typeof cluster.config;
    const zero = await cluster.start(replica(0), { config });
    await until(() => (one.transport.rejects().get(reason) ?? 0) > 0);
    await until(() => (zero.transport.rejects().get("hello-closed") ?? 0) > 0);
    expect([...zero.events.ups, ...one.events.ups]).toEqual([]);
  });

  it("refuse a peer with another digest of its configuration", async () => {
    const one = await cluster.start(replica(1));
    await cluster.start(replica(0), { configDigest: new Uint8Array(32) });
    await until(() => (one.transport.rejects().get("configuration") ?? 0) > 0);
    expect(one.events.ups).toEqual([]);
  });

  it("refuse a dialer and an acceptor whose key the configuration does not name", async () => {
    const impostor = cluster.impostorOf(0);
    const one = await cluster.start(replica(1));
    const zero = await cluster.start(replica(0), impostor);
    await until(() => (one.transport.rejects().get("hello-signature") ?? 0) > 0);
    await zero.transport.stop();
    await one.transport.stop();
    await cluster.start(replica(1), cluster.impostorOf(1));
    const honest = await cluster.start(replica(0));
    await until(() => (honest.transport.rejects().get("hello-signature") ?? 0) > 0);
    expect([...one.events.ups, ...honest.events.ups]).toEqual([]);
  });

  it("never say hello to a machine that does not answer, and count nothing for it", async () => {
    const zero = await cluster.start(replica(0));
    expect(zero.transport.linked()).toEqual([]);
    expect([...zero.transport.rejects()]).toEqual([]);
    expect(dialHello(cluster.identityOf(0), replica(1)).offer.length).toBeLessThan(300);
  });
});

/** A port that was free a moment ago, and that no system gives to an outgoing connection meanwhile. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(20_000, 32_000);
    const probe = new TestCluster();
    probe.ports.set(1, port);
    const transport = probe.create(replica(1));
    const isFree = await transport.start().then(
      () => true,
      () => false,
    );
    await probe.stop();
    if (isFree) return port;
  }
  throw new Error("no port is free");
}
