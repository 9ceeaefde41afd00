/** What the tests of this package share: keys, a configuration, a clock and recorded events. */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomFillSync,
  sign,
  verify,
} from "node:crypto";
import type { Clock, Crypto, Log, Metrics, PeerId, Signer, TransportEvents } from "@quorate/ports";
import { peerKey } from "@quorate/ports";
import { asEpoch, type ClusterConfig, digestClusterConfig } from "@quorate/protocol";
import {
  createTransport,
  type SocketIoTransport,
  type TransportOptions,
} from "../src/socket-io-transport.ts";

export const replica = (index: number): PeerId => ({ kind: "replica", index });
export const gateway = (index: number): PeerId => ({ kind: "gateway", index });

export const testClock: Clock = {
  wallMicros: () => Date.now() * 1_000,
  monotonicMs: () => performance.now(),
  soon: (c) => { setImmediate(c); },
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export const testCrypto: Crypto = {
  sha256: (...parts) => {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return Uint8Array.from(hash.digest());
  },
  verify: (publicKey, bytes, signature) =>
    signature.length === 64 && verify(null, bytes, importKey(publicKey), signature),
  randomBytes: (length) => randomFillSync(new Uint8Array(length)),
};

function importKey(publicKey: Uint8Array): KeyObject {
  const x = Buffer.from(publicKey).toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

export function createSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const { x } = publicKey.export({ format: "jwk" });
  return {
    publicKey: Uint8Array.from(Buffer.from(x ?? "", "base64url")),
    sign: (bytes) => Uint8Array.from(sign(null, bytes, privateKey)),
  };
}

/** Three replicas and one gateway, their keys, and the ports on which they listen. */
export class TestCluster {
  readonly replicaSigners = [createSigner(), createSigner(), createSigner()] as const;
  readonly gatewaySigner = createSigner();
  readonly config: ClusterConfig;
  readonly configDigest: Uint8Array;
  readonly ports = new Map<number, number>();
  private readonly running: SocketIoTransport[] = [];

  constructor() {
    this.config = {
      clusterId: testCrypto.randomBytes(32),
      epoch: asEpoch(1),
      pipelineMax: 8,
      createdAtMs: 0,
      members: this.replicaSigners.map(({ publicKey }, index) => ({
        id: `replica-${index}`,
        address: `http://127.0.0.1:${index + 1}`,
        publicKey,
        role: "voter" as const,
      })),
      gateways: [{ id: "gateway-0", publicKey: this.gatewaySigner.publicKey }],
      operators: [],
      operatorThreshold: 0,
    };
    this.configDigest = digestClusterConfig(this.config, testCrypto.sha256);
  }

  /** Starts a transport; a replica listens on the port that it had before, if any. */
  async start(self: PeerId, changes: Partial<TransportOptions> = {}): Promise<TestPeer> {
    const events = new RecordedEvents();
    const signer = self.kind === "gateway" ? this.gatewaySigner : this.replicaSigners[self.index];
    if (signer === undefined) throw new Error("no such replica");
    const port = this.ports.get(self.index) ?? 0;
    const transport = createTransport({
      self,
      signer,
      crypto: testCrypto,
      config: this.config,
      configDigest: this.configDigest,
      boot: 1,
      incarnation: 0,
      listen: self.kind === "gateway" ? null : { host: "127.0.0.1", port },
      clock: testClock,
      events,
      metrics: silentMetrics,
      log: silentLog,
      dialAddressOf: (index) => `http://127.0.0.1:${this.ports.get(index) ?? 1}`,
      ...changes,
    });
    this.running.push(transport);
    await transport.start();
    if (transport.port !== null) this.ports.set(self.index, transport.port);
    return { transport, events };
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((transport) => transport.stop()));
  }
}

export interface TestPeer {
  readonly transport: SocketIoTransport;
  readonly events: RecordedEvents;
}

export class RecordedEvents implements TransportEvents {
  readonly packets: { readonly from: string; readonly packet: Uint8Array }[] = [];
  readonly ups: string[] = [];
  readonly downs: string[] = [];

  onPacket(from: PeerId, packet: Uint8Array): void {
    this.packets.push({ from: peerKey(from), packet });
  }

  onLinkUp(peer: PeerId): void {
    this.ups.push(peerKey(peer));
  }

  onLinkDown(peer: PeerId): void {
    this.downs.push(peerKey(peer));
  }
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export const silentMetrics: Metrics = {
  count: () => undefined,
  gauge: () => undefined,
  observe: () => undefined,
};
