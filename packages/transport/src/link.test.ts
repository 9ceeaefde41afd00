import { Prng } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { WiredFrameSocket } from "./frame-socket.ts";
import { acceptHello, dialHello } from "./hello.ts";
import type { LinkKeys } from "./key-exchange.ts";
import { coalesceBytesMax, type KeyLimits, keyLimits, rekeyMsMax } from "./limits.ts";
import { Link } from "./link.ts";
import { LinkRejects } from "./link-rejects.ts";
import { FrameSealer } from "./seal.ts";
import { silentLog, silentMetrics, TestCluster, testClock } from "./test-cluster.ts";

const cluster = new TestCluster();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** The frames at the given positions, in that order. */
const pick = (frames: readonly Uint8Array[], ...order: readonly number[]): Uint8Array[] =>
  order.map((at) => frames[at] ?? new Uint8Array());

/** One end of a link whose wire is a list. */
class End {
  readonly sent: Uint8Array[] = [];
  readonly packets: Uint8Array[] = [];
  readonly rejects = new LinkRejects(silentMetrics, silentLog);
  readonly link: Link;
  readonly socket: WiredFrameSocket;
  readonly timers: { readonly delayMs: number; readonly callback: () => void }[] = [];
  nowMs = 0;
  closedTimes = 0;

  constructor(side: "dial" | "accept", keys: LinkKeys, limits: KeyLimits = keyLimits) {
    const [self, peer] = side === "dial" ? [0, 1] : [1, 0];
    this.socket = new WiredFrameSocket({
      send: (frame) => this.sent.push(frame),
      bytesInWebSocket: () => 0,
      pause: () => undefined,
      resume: () => undefined,
      destroy: () => undefined,
    });
    const context = {
      identity: cluster.identityOf(self),
      rejects: this.rejects,
      keyLimits: limits,
      certificates: null,
      clock: {
        ...testClock,
        monotonicMs: () => this.nowMs,
        after: (delayMs: number, callback: () => void) => {
          const timer = { delayMs, callback };
          this.timers.push(timer);
          return () => void this.timers.splice(this.timers.indexOf(timer), 1);
        },
      },
    };
    const parties = { side, peer: cluster.identityOf(peer).self, boot: 1 };
    this.link = new Link(context, parties, keys, this.socket, {
      onConfirmed: () => undefined,
      onPacket: (_link, packet) => this.packets.push(packet),
      onClosed: () => {
        this.closedTimes += 1;
      },
    });
  }

  async send(...packets: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    const before = this.sent.length;
    for (const packet of packets) this.link.send(packet);
    await turn();
    return this.sent.slice(before);
  }

  receive(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.socket.onMessage(frame);
  }
}

function ends(limits?: KeyLimits): { readonly zero: End; readonly one: End } {
  const dialing = dialHello(cluster.identityOf(0), cluster.identityOf(1).self);
  const accepting = acceptHello(cluster.identityOf(1), dialing.offer);
  if (!accepting.ok) throw new Error(accepting.reason);
  const dialed = dialing.onAnswer(accepting.answer);
  if (!dialed.ok) throw new Error(dialed.reason);
  return {
    zero: new End("dial", dialed.keys, limits),
    one: new End("accept", dialed.keys, limits),
  };
}

/** Both wires deliver until nothing is under way. */
async function settle(zero: End, one: End): Promise<void> {
  let [fromZero, fromOne] = [0, 0];
  while (fromZero < zero.sent.length || fromOne < one.sent.length) {
    one.receive(...zero.sent.slice(fromZero, (fromZero = zero.sent.length)));
    zero.receive(...one.sent.slice(fromOne, (fromOne = one.sent.length)));
    await turn();
  }
  zero.sent.length = 0;
  one.sent.length = 0;
}

describe("a link", () => {
  it("puts the packets of one turn into one frame, and keeps their order", async () => {
    const { zero, one } = ends();
    const packets = Array.from({ length: 50 }, (_, at) => new Uint8Array(at).fill(at));
    const frames = await zero.send(...packets);
    expect(frames).toHaveLength(1);
    one.receive(...frames);
    expect(one.packets).toEqual(packets);
  });

  it("does not gather more than a frame should hold", async () => {
    const { zero, one } = ends();
    const packets = Array.from({ length: 5 }, (_, at) =>
      new Uint8Array(coalesceBytesMax / 2).fill(at),
    );
    const frames = await zero.send(...packets);
    expect(frames.length).toBeGreaterThan(2);
    one.receive(...frames);
    expect(one.packets).toEqual(packets);
  });

  it("hides what it carries: no frame shows its packet or equals another", async () => {
    const { zero } = ends();
    const secret = Buffer.from("a secret that nobody may read");
    const frames = [...(await zero.send(secret)), ...(await zero.send(secret))];
    const texts = frames.map((frame) => Buffer.from(frame).toString("latin1"));
    expect(texts.some((text) => text.includes("secret"))).toBe(false);
    expect(texts[0]?.slice(13)).not.toBe(texts[1]?.slice(13));
  });

  it.each([
    ["replayed", [0, 0]],
    ["missing", [1]],
    ["out of order", [1, 0]],
  ])("closes at a frame that is %s", async (_what, order) => {
    const { zero, one } = ends();
    const frames = [...(await zero.send(Uint8Array.of(1))), ...(await zero.send(Uint8Array.of(2)))];
    one.receive(...pick(frames, ...order));
    expect([...one.rejects.read()]).toEqual([["sequence", 1]]);
    expect(one.packets.length).toBeLessThanOrEqual(1);
    expect([one.link.isClosed, one.closedTimes]).toEqual([true, 1]);
  });

  it("closes at a frame with any bit flipped, and delivers nothing of it", () => {
    const keys = { dialToAccept: new Uint8Array(32), acceptToDial: new Uint8Array(32).fill(1) };
    const frame = new FrameSealer(keys.dialToAccept, 0).seal("packet", Uint8Array.of(1, 2, 3));
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const one = new End("accept", keys);
      const flipped = frame.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      one.receive(flipped);
      expect([one.link.isClosed, one.packets.length, one.rejects.read().size]).toEqual([
        true,
        0,
        1,
      ]);
    }
  });

  it("closes at its own frame reflected, and at a frame of another link", async () => {
    const { zero } = ends();
    const reflected = await zero.send(Uint8Array.of(1));
    zero.receive(...reflected);
    const elsewhere = ends().one;
    elsewhere.receive(...reflected);
    for (const end of [zero, elsewhere]) expect([...end.rejects.read()]).toEqual([["seal", 1]]);
  });

  it("survives 2,000 runs of random bytes, and closes at each", () => {
    const prng = new Prng(3);
    const { zero } = ends();
    const keys = { dialToAccept: prng.bytes(32), acceptToDial: prng.bytes(32) };
    for (let round = 0; round < 2_000; round++) {
      const end = new End("accept", keys);
      end.receive(prng.bytes(prng.below(200)));
      expect([end.link.isClosed, end.rejects.read().size]).toEqual([true, 1]);
    }
    expect(zero.link.isClosed).toBe(false);
  });

  it("closes at a batch that is not whole and at a hello that is none", () => {
    for (const [kind, reason] of [
      ["packets", "frame-malformed"],
      ["hello", "hello-malformed"],
    ] as const) {
      const keys = { dialToAccept: new Uint8Array(32), acceptToDial: new Uint8Array(32).fill(1) };
      const end = new End("accept", keys);
      // A hello is due.
      end.nowMs = keyLimits.ageMs;
      end.receive(new FrameSealer(keys.dialToAccept, 0).seal(kind, Uint8Array.of(9, 0, 0, 0, 1)));
      expect([...end.rejects.read()]).toEqual([[reason, 1]]);
    }
  });

  it("sends, delivers and reports nothing after it is closed", async () => {
    const { zero, one } = ends();
    const frames = await zero.send(Uint8Array.of(1));
    zero.link.send(Uint8Array.of(2));
    zero.link.close(null);
    one.link.close(null);
    one.receive(...frames);
    await turn();
    expect([zero.sent.length, one.packets.length]).toEqual([1, 0]);
    expect([zero.link.send(Uint8Array.of(3)), zero.link.bytesWaiting()]).toEqual([false, 0]);
    one.socket.onClose();
    expect(one.closedTimes).toBe(1);
  });
});

describe("a link whose keys are worn", () => {
  const limits: KeyLimits = { frames: 10, bytes: 10_000, ageMs: 1_000 };

  it.each([
    ["frames", 1, 0],
    ["bytes", 2_000, 0],
    ["time", 1, 200],
  ])("takes new ones by %s, and loses no packet", async (_what, packetBytes, stepMs) => {
    const { zero, one } = ends(limits);
    const generations = new Set<number>();
    for (let round = 0; round < 100; round++) {
      for (const end of [zero, one]) end.nowMs += stepMs;
      zero.link.send(new Uint8Array(packetBytes).fill(round));
      one.link.send(new Uint8Array(packetBytes).fill(round));
      await turn();
      for (const frame of zero.sent) generations.add(frame[1] ?? 0);
      await settle(zero, one);
    }
    for (const end of [zero, one]) {
      expect(end.packets.map(([first]) => first)).toEqual(
        Array.from({ length: 100 }, (_, at) => at),
      );
      expect([...end.rejects.read()]).toEqual([]);
      expect(end.timers).toEqual([]);
    }
    expect(generations.size).toBeGreaterThan(5);
  });

  it("closes when the dialer never renews them", async () => {
    const { zero, one } = ends(limits);
    for (let round = 0; round < 30; round++) one.receive(...(await zero.send(Uint8Array.of(1))));
    expect([...one.rejects.read()]).toEqual([["key-age", 1]]);
  });

  it("closes when the new hello is not answered in time", async () => {
    const { zero } = ends(limits);
    for (let round = 0; round < 11; round++) await zero.send(Uint8Array.of(1));
    expect(zero.timers.map(({ delayMs }) => delayMs)).toEqual([rekeyMsMax]);
    zero.timers[0]?.callback();
    expect([...zero.rejects.read()]).toEqual([["hello-timeout", 1]]);
  });
});
