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
import { vi } from "vitest";
import type { HelloIdentity } from "./hello.ts";
import {
  createTransport,
  type SocketIoTransport,
  type TransportOptions,
} from "./socket-io-transport.ts";

export const replica = (index: number): PeerId => ({ kind: "replica", index });
export const gateway = (index: number): PeerId => ({ kind: "gateway", index });

export const testClock: Clock = {
  wallMicros: () => Date.now() * 1_000,
  monotonicMs: () => performance.now(),
  soon: (callback) => {
    setImmediate(callback);
  },
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
  readonly peers: TestPeer[] = [];
  private readonly created: SocketIoTransport[] = [];

  constructor() {
    this.config = {
      clusterId: testCrypto.randomBytes(32),
      epoch: asEpoch(1),
      pipelineMax: 8,
      checkpointOps: 64,
      checkpointBytes: 1_048_576,
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

  /** What a replica says of itself in a hello. */
  identityOf(index: number): HelloIdentity {
    return this.identityOfPeer(replica(index));
  }

  /** What a peer says of itself in a hello. */
  identityOfPeer(self: PeerId): HelloIdentity {
    const { config, configDigest } = this;
    const signer = this.signerOf(self);
    return { self, signer, crypto: testCrypto, config, configDigest, incarnation: 0, boot: 1 };
  }

  /** Options of somebody who believes that the replica's key is his own. */
  impostorOf(index: number): Pick<TransportOptions, "signer" | "config"> {
    const signer = createSigner();
    const members = this.config.members.map((member, at) =>
      at === index ? { ...member, publicKey: signer.publicKey } : member,
    );
    return { signer, config: { ...this.config, members } };
  }

  /** A transport on the port that the replica had before, if any; not started. */
  create(self: PeerId, changes: Partial<TransportOptions> = {}): SocketIoTransport {
    const port = this.ports.get(self.index) ?? 0;
    const transport = createTransport({
      self,
      signer: this.signerOf(self),
      crypto: testCrypto,
      config: this.config,
      configDigest: this.configDigest,
      boot: 1,
      incarnation: 0,
      listen: self.kind === "gateway" ? null : { host: "127.0.0.1", port },
      certificates: null,
      clock: testClock,
      events: new RecordedEvents(),
      metrics: silentMetrics,
      log: silentLog,
      dialAddressOf: (index) => `http://127.0.0.1:${this.ports.get(index) ?? 1}`,
      ...changes,
    });
    this.created.push(transport);
    return transport;
  }

  /** Starts a transport. A second process of a replica listens on a port of its own. */
  async start(self: PeerId, changes: Partial<TransportOptions> = {}): Promise<TestPeer> {
    const events = new RecordedEvents();
    const isSecond = this.peers.some(
      ({ id, transport: { port } }) => port !== null && peerKey(id) === peerKey(self),
    );
    const listen = self.kind === "gateway" ? null : { host: "127.0.0.1", port: 0 };
    const transport = this.create(self, { events, listen, ...changes });
    await transport.start();
    if (transport.port !== null && !isSecond) this.ports.set(self.index, transport.port);
    const peer = { id: self, transport, events };
    this.peers.push(peer);
    return peer;
  }

  async stop(): Promise<void> {
    await Promise.all(this.created.map((transport) => transport.stop()));
  }

  private signerOf({ kind, index }: PeerId): Signer {
    const signer = kind === "gateway" ? this.gatewaySigner : this.replicaSigners[index];
    if (signer === undefined) throw new Error("no such peer");
    return signer;
  }
}

export interface TestPeer {
  readonly id: PeerId;
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

/** Resolves as soon as `claim` holds; fails the test when that takes long. */
export function until(claim: () => boolean): Promise<void> {
  return vi.waitFor(
    () => {
      if (!claim()) throw new Error(`never came true: ${claim.toString()}`);
    },
    { timeout: 30_000, interval: 2 },
  );
}
