import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dialHello } from "./hello.ts";
import { backlogBytesMax, coalesceBytesMax } from "./limits.ts";
import { type FrameKind, FrameSealer } from "./seal.ts";
import {
  gateway,
  RecordedEvents,
  replica,
  TestCluster,
  testClock,
  type TestPeer,
  until,
} from "./test-cluster.ts";
import { Stranger } from "./test-stranger.ts";

/** Packets that take their time, as requests do whose signatures are verified. */
class SlowEvents extends RecordedEvents {
  override onPacket(...args: Parameters<RecordedEvents["onPacket"]>): void {
    const startMs = performance.now();
    while (performance.now() - startMs < 1) continue;
    super.onPacket(...args);
  }
}

describe("a replica that is linked to a gateway whose key somebody else has", () => {
  let cluster = new TestCluster();
  let zero: TestPeer;
  let one: TestPeer;
  let events: SlowEvents;
  let thief: Stranger;
  let sealer: FrameSealer;

  beforeEach(async () => {
    cluster = new TestCluster();
    events = new SlowEvents();
    one = await cluster.start(replica(1), { events });
    zero = await cluster.start(replica(0));
    await until(() => zero.events.ups.length === 1 && linked().length === 1);
    thief = new Stranger(one.transport.port ?? 0);
    const { keys } = await thief.link(cluster.identityOfPeer(gateway(0)), replica(1));
    sealer = new FrameSealer(keys.dialToAccept, 0);
    await until(() => linked().length === 2);
  });
  afterEach(async () => {
    thief.close();
    await cluster.stop();
  });

  const linked = () => one.transport.linked();
  const rejects = (reason: string): number => one.transport.rejects().get(reason) ?? 0;
  const say = (kind: FrameKind, content: Uint8Array): void =>
    thief.sendBinary(sealer.seal(kind, content));
  /** The gateway's link is closed for this reason, and the other member's is not. */
  const refused = async (reason: string): Promise<void> => {
    await until(() => thief.isClosed && rejects(reason) === 1);
    expect(linked()).toEqual([replica(0)]);
  };

  it("hears the others while the gateway sends hundreds of packets at once", async () => {
    const flood = 400;
    const { packets } = events;
    // One write, so that a single read brings all of it.
    thief.socket.cork();
    for (let sent = 0; sent < flood; sent++) say("packet", Uint8Array.of(1));
    thief.socket.uncork();
    zero.transport.send(replica(1), Uint8Array.of(2));
    await until(() => packets.length === flood + 1);
    const heardAt = packets.findIndex(({ from }) => from === "r0");
    expect(heardAt).toBeLessThan(flood / 4);
  });

  it("closes the link of a gateway that asks for new keys again and again", async () => {
    say("hello", dialHello(cluster.identityOfPeer(gateway(0)), replica(1)).offer);
    await refused("key-youth");
  });

  it("closes at a frame that is full of empty packets", async () => {
    say("packets", new Uint8Array(coalesceBytesMax + 4));
    await refused("frame-malformed");
  });

  it("closes at a websocket's ping, which it would have to answer", async () => {
    thief.sendPing();
    await refused("websocket");
  });

  it.each([
    ["pong that answers no ping", "3"],
    ["packet of Engine.IO that means nothing", "6"],
  ])("closes at a %s", async (_what, text) => {
    thief.sendText(text);
    await refused("websocket");
  });

  it("keeps no more than the backlog for a gateway that answers pings and reads nothing", async () => {
    thief.socket.pause();
    const packet = new Uint8Array(2 ** 20);
    let taken = 0;
    for (let turn = 0; turn < 100; turn++) {
      while (one.transport.send(gateway(0), packet)) taken += 1;
      expect(one.transport.bytesWaiting(gateway(0))).toBeLessThanOrEqual(backlogBytesMax);
      zero.transport.send(replica(1), Uint8Array.of(turn));
      await until(() => events.packets.length === turn + 1);
    }
    // What the kernels of both ends hold, and the backlog.
    expect(taken).toBeLessThan(40);
    expect(linked()).toHaveLength(2);
  });
});

describe("a replica that is linked to a member whose key somebody else has", () => {
  it("closes the link at a ping that comes at once after another", async () => {
    let nowMs = 0;
    const cluster = new TestCluster();
    try {
      const clock = { ...testClock, monotonicMs: () => nowMs };
      const one = await cluster.start(replica(1));
      const zero = await cluster.start(replica(0), { clock });
      await until(() => zero.events.ups.length === 1);
      // The honest pings come at their interval, but for this clock no time passes.
      nowMs = 1;
      await until(() => (zero.transport.rejects().get("websocket") ?? 0) === 1);
      expect(one.transport.linked().length).toBeLessThanOrEqual(1);
    } finally {
      await cluster.stop();
    }
  });
});
