/** A process of one member that is not the member: its key, its links, and a will of its own. */
import { systemClock } from "@quorate/clock";
import { nodeCrypto } from "@quorate/identity";
import type { PeerId, Signer } from "@quorate/ports";
import { type ClusterConfig, digestClusterConfig } from "@quorate/protocol";
import { createTransport, type SocketIoTransport } from "@quorate/transport";
import { eventually } from "../integration/rig/eventually.ts";
import type { LyingMember } from "./packets.ts";

/** Packets of others that are remembered, to be said again. */
const heardMax = 256;
/** Bytes that wait for a replica before the liar waits for it. */
const waitingBytesMax = 512 * 1024;
const linkedWithinMs = 30_000;
const drainedWithinMs = 60_000;
/** Newer than every process of this key that a test starts before. */
const boot = 2_000_000;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** See the file. Life: `start`, then `stop` once. */
export class LyingProcess implements LyingMember {
  readonly config: ClusterConfig;
  readonly configDigest: Uint8Array;
  readonly index: number;
  readonly signer: Signer;
  readonly heard: Uint8Array[] = [];
  /** Links that were lost: a liar's packets cost it no link. */
  linksLost = 0;
  private readonly transport: SocketIoTransport;

  constructor(config: ClusterConfig, index: number, signer: Signer) {
    this.config = config;
    this.configDigest = digestClusterConfig(config, nodeCrypto.sha256);
    this.index = index;
    this.signer = signer;
    this.transport = createTransport({
      self: { kind: "replica", index },
      signer,
      crypto: nodeCrypto,
      config,
      configDigest: this.configDigest,
      boot,
      incarnation: 0,
      listen: { host: "127.0.0.1", port: 0 },
      certificates: null,
      clock: systemClock,
      events: {
        onPacket: (_, packet) => this.hear(packet),
        onLinkUp: () => undefined,
        onLinkDown: () => {
          this.linksLost += 1;
        },
      },
      metrics: { count() {}, gauge() {}, observe() {} },
      log: silent,
    });
  }

  /** Resolves when the members of these indices have accepted its links, and one has spoken. */
  async start(targets: readonly number[]): Promise<void> {
    await this.transport.start();
    await eventually("the links of the liar", linkedWithinMs, () => {
      const linked = this.transport.linked().map(({ index }) => index);
      const isLinked = targets.every((target) => linked.includes(target));
      return isLinked && this.heard.length > 0 ? true : null;
    });
  }

  stop(): Promise<void> {
    return this.transport.stop();
  }

  /** Hands the packet to a link that has room. Throws when there is no link. */
  async send(target: number, packet: Uint8Array): Promise<void> {
    const to: PeerId = { kind: "replica", index: target };
    if (this.transport.bytesWaiting(to) > waitingBytesMax) {
      await eventually("room on a link", drainedWithinMs, () =>
        this.transport.bytesWaiting(to) < waitingBytesMax / 2 ? true : null,
      );
    }
    if (!this.transport.send(to, packet)) throw new Error(`no link to replica ${target}`);
  }

  private hear(packet: Uint8Array): void {
    if (this.heard.length < heardMax) this.heard.push(packet.slice());
  }
}
