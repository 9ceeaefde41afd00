import { describe, expect, it, vi } from "vitest";
import { peerKey, type PeerId, type Transport, type TransportEvents } from "../transport.ts";

/** Two peers of one cluster. Neither has been started. */
export interface TransportRig {
  readonly left: Transport;
  readonly leftId: PeerId;
  readonly right: Transport;
  readonly rightId: PeerId;
  /** A peer that the configuration does not name. */
  readonly stranger: PeerId;
  /** A new life of the right peer, at the same address, not started. */
  recreateRight(events: TransportEvents): Transport;
  /** Stops whatever still runs. */
  close(): Promise<void>;
}

export type CreateTransportRig = (
  leftEvents: TransportEvents,
  rightEvents: TransportEvents,
) => Promise<TransportRig>;

/** Packets sent in the order test: enough for many frames. */
const manyPackets = 2_000;
const largePacketBytes = 1_048_576;

/** What every Transport must do, and the simulator's too. */
export function transportConformance(create: CreateTransportRig): void {
  const withRig = async (story: (rig: RunningRig) => Promise<void>): Promise<void> => {
    const leftEvents = new Recorder();
    const rightEvents = new Recorder();
    const rig = await create(leftEvents, rightEvents);
    try {
      await story({ ...rig, leftEvents, rightEvents });
    } finally {
      await rig.close();
    }
  };
  describe("Transport", () => {
    linkConformance(withRig);
    deliveryConformance(withRig);
    reconnectConformance(withRig);
  });
}

interface RunningRig extends TransportRig {
  readonly leftEvents: Recorder;
  readonly rightEvents: Recorder;
}
type WithRig = (story: (rig: RunningRig) => Promise<void>) => Promise<void>;

function linkConformance(withRig: WithRig): void {
  it("sends nothing before there is a link", () =>
    withRig(async ({ left, rightId }) => {
      expect(left.send(rightId, Uint8Array.of(1))).toBe(false);
      await left.start();
      expect(left.send(rightId, Uint8Array.of(1))).toBe(false);
      expect(left.linked()).toEqual([]);
      expect(left.bytesWaiting(rightId)).toBe(0);
    }));

  it("tells both sides once that the link is up", () =>
    withRig(async (rig) => {
      await startBoth(rig);
      expect(rig.leftEvents.ups).toEqual([peerKey(rig.rightId)]);
      expect(rig.rightEvents.ups).toEqual([peerKey(rig.leftId)]);
      expect(rig.left.linked()).toEqual([rig.rightId]);
      expect(rig.right.linked()).toEqual([rig.leftId]);
    }));

  it("sends nothing to a peer that it does not know", () =>
    withRig(async (rig) => {
      await startBoth(rig);
      expect(rig.left.send(rig.stranger, Uint8Array.of(1))).toBe(false);
      expect(rig.left.bytesWaiting(rig.stranger)).toBe(0);
    }));

  it("tells the other side when a peer stops, and links to it no more", () =>
    withRig(async (rig) => {
      await startBoth(rig);
      await rig.right.stop();
      await until(() => rig.leftEvents.downs.length === 1);
      expect(rig.leftEvents.downs).toEqual([peerKey(rig.rightId)]);
      expect(rig.left.linked()).toEqual([]);
      expect(rig.left.send(rig.rightId, Uint8Array.of(1))).toBe(false);
      expect(rig.left.bytesWaiting(rig.rightId)).toBe(0);
    }));

  it("can be stopped twice, and before it has links", () =>
    withRig(async ({ left }) => {
      await left.start();
      await left.stop();
      await left.stop();
      expect(left.linked()).toEqual([]);
    }));
}

function deliveryConformance(withRig: WithRig): void {
  it("delivers packets of every size whole, once and in order, in both directions", () =>
    withRig(async (rig) => {
      await startBoth(rig);
      const packets = Array.from({ length: manyPackets }, (_, at) => packetOf(at, at % 997));
      for (const packet of packets) {
        expect(rig.left.send(rig.rightId, packet)).toBe(true);
        expect(rig.right.send(rig.leftId, packet)).toBe(true);
      }
      await until(() => rig.rightEvents.packets.length >= manyPackets);
      await until(() => rig.leftEvents.packets.length >= manyPackets);
      expect(rig.rightEvents.packets.map(summaryOf)).toEqual(packets.map(summaryOf));
      expect(rig.leftEvents.packets.map(summaryOf)).toEqual(packets.map(summaryOf));
      expect(new Set(rig.rightEvents.senders)).toEqual(new Set([peerKey(rig.leftId)]));
    }));

  it("delivers an empty packet and a large one", () =>
    withRig(async (rig) => {
      await startBoth(rig);
      const large = packetOf(7, largePacketBytes);
      rig.left.send(rig.rightId, new Uint8Array(0));
      rig.left.send(rig.rightId, large);
      await until(() => rig.rightEvents.packets.length === 2);
      expect(rig.rightEvents.packets[0]).toHaveLength(0);
      expect(rig.rightEvents.packets.map(summaryOf)[1]).toBe(summaryOf(large));
    }));

  it("counts what waits, and nothing when all is delivered", () =>
    withRig(async (rig) => {
      await startBoth(rig);
      rig.left.send(rig.rightId, packetOf(1, largePacketBytes));
      await until(() => rig.rightEvents.packets.length === 1);
      await until(() => rig.left.bytesWaiting(rig.rightId) === 0);
    }));

  it("refuses nothing that honest peers send", () =>
    withRig(async (rig) => {
      await startBoth(rig);
      rig.left.send(rig.rightId, Uint8Array.of(1));
      await until(() => rig.rightEvents.packets.length === 1);
      expect([...rig.left.rejects(), ...rig.right.rejects()]).toEqual([]);
    }));
}

function reconnectConformance(withRig: WithRig): void {
  it("links again to a peer that comes back, and delivers nothing from before", () =>
    withRig(async (rig) => {
      await startBoth(rig);
      await rig.right.stop();
      await until(() => rig.leftEvents.downs.length === 1);
      expect(rig.left.send(rig.rightId, Uint8Array.of(1))).toBe(false);
      const reborn = new Recorder();
      const right = rig.recreateRight(reborn);
      await right.start();
      await until(() => reborn.ups.length === 1 && rig.leftEvents.ups.length === 2);
      expect(rig.left.send(rig.rightId, Uint8Array.of(2))).toBe(true);
      await until(() => reborn.packets.length > 0);
      expect(reborn.packets.map(summaryOf)).toEqual([summaryOf(Uint8Array.of(2))]);
      expect(rig.rightEvents.packets).toEqual([]);
      await right.stop();
    }));
}

async function startBoth({ left, right, leftEvents, rightEvents }: RunningRig): Promise<void> {
  await right.start();
  await left.start();
  await until(() => leftEvents.ups.length > 0 && rightEvents.ups.length > 0);
}

class Recorder implements TransportEvents {
  readonly packets: Uint8Array[] = [];
  readonly senders: string[] = [];
  readonly ups: string[] = [];
  readonly downs: string[] = [];

  onPacket(from: PeerId, packet: Uint8Array): void {
    this.senders.push(peerKey(from));
    this.packets.push(packet);
  }

  onLinkUp(peer: PeerId): void {
    this.ups.push(peerKey(peer));
  }

  onLinkDown(peer: PeerId): void {
    this.downs.push(peerKey(peer));
  }
}

/** A packet whose bytes depend on its number and its length. */
function packetOf(number: number, length: number): Uint8Array {
  const packet = new Uint8Array(length);
  for (let index = 0; index < length; index++) packet[index] = (number + index * 31) & 0xff;
  return packet;
}

/** Length and a checksum: quick to compare, clear to read when it differs. */
function summaryOf(packet: Uint8Array): string {
  let sum = 0;
  for (const byte of packet) sum = (Math.imul(sum, 31) + byte) | 0;
  return `${packet.length}:${sum}`;
}

function until(claim: () => boolean): Promise<void> {
  return vi.waitFor(
    () => {
      if (!claim()) throw new Error(`never came true: ${claim.toString()}`);
    },
    { timeout: 30_000, interval: 2 },
  );
}
