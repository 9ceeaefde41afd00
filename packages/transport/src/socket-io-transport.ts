import {
  type Clock,
  type Crypto,
  type Log,
  type Metrics,
  type PeerId,
  peerKey,
  type Signer,
  type Transport,
  type TransportEvents,
} from "@quorate/ports";
import { assert, bytesEqual, Prng } from "@quorate/prelude";
import type { ClusterConfig } from "@quorate/protocol";
import { acceptLink } from "./accept-link.ts";
import { Dialer } from "./dialer.ts";
import { mayDial, publicKeyOf } from "./hello.ts";
import type { LinkCertificates } from "./link-certificates.ts";
import { type KeyLimits, keyLimits } from "./limits.ts";
import type { Link, LinkContext, LinkOwner } from "./link.ts";
import { LinkRejects } from "./link-rejects.ts";
import { Listener } from "./listener.ts";

export interface TransportOptions {
  readonly self: PeerId;
  /** Signs the hellos; its public key is the one that the configuration gives `self`. */
  readonly signer: Signer;
  readonly crypto: Crypto;
  readonly config: ClusterConfig;
  readonly configDigest: Uint8Array;
  /** Life of the process: larger at every start. The newer process replaces the older one's links. */
  readonly boot: number;
  /** Life of the disk: rule A6. */
  readonly incarnation: number;
  /** Where a replica listens; port 0 takes a free one. Null for a gateway, which only dials. */
  readonly listen: { readonly host: string; readonly port: number } | null;
  /** TLS around the links, which all processes of the cluster have or none; null: none. */
  readonly certificates: LinkCertificates | null;
  readonly clock: Clock;
  readonly events: TransportEvents;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Where a member is dialed, if not at its address: a proxy between replicas, a free port. */
  readonly dialAddressOf?: (memberIndex: number) => string;
  /** Lower limits, so that a test sees new keys. */
  readonly keyLimits?: KeyLimits;
}

/** The transport of a process, and where it listens. */
export interface SocketIoTransport extends Transport {
  /** The bound port; null while it does not listen. */
  readonly port: number | null;
}

/**
 * Sealed links over Socket.IO to every peer that this process talks to.
 *
 * `start` rejects when the address cannot be bound; links come up afterwards, in their own time.
 * Throws AssertionError when the signer's key is not the one that the configuration names.
 */
export function createTransport(options: TransportOptions): SocketIoTransport {
  const { self, signer, config, listen } = options;
  const publicKey = publicKeyOf(config, self);
  assert(publicKey !== null, `the configuration names ${peerKey(self)}`);
  assert(bytesEqual(publicKey, signer.publicKey), "the configuration names the signer's key");
  assert(self.kind === "replica" || listen === null, "a gateway does not listen");
  return new LinkTable(options);
}

/** At most one link for each peer. */
class LinkTable implements SocketIoTransport {
  private readonly options: TransportOptions;
  private readonly context: LinkContext;
  private readonly listener: Listener | null;
  private readonly dialers: readonly Dialer[];
  private readonly links = new Map<string, Link>();
  private isStopped = false;

  constructor(options: TransportOptions) {
    this.options = options;
    const { certificates, clock, listen, log, metrics } = options;
    this.context = {
      identity: options,
      clock,
      rejects: new LinkRejects(metrics, log),
      keyLimits: options.keyLimits ?? keyLimits,
      certificates,
    };
    this.listener = listen === null ? null : this.createListener(listen);
    this.dialers = this.createDialers();
  }

  get port(): number | null {
    return this.listener?.port ?? null;
  }

  async start(): Promise<void> {
    await this.listener?.start();
    const { certificates, clock, log } = this.options;
    certificates?.watch(clock, log, (changed) => this.listener?.useCertificates(changed));
    for (const dialer of this.dialers) dialer.start();
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.options.certificates?.stop();
    for (const dialer of this.dialers) dialer.stop();
    for (const link of this.links.values()) link.close(null);
    await this.listener?.stop();
  }

  send(to: PeerId, packet: Uint8Array): boolean {
    return this.links.get(peerKey(to))?.send(packet) ?? false;
  }

  bytesWaiting(to: PeerId): number {
    return this.links.get(peerKey(to))?.bytesWaiting() ?? 0;
  }

  linked(): readonly PeerId[] {
    return [...this.links.values()].map((link) => link.parties.peer);
  }

  rejects(): ReadonlyMap<string, number> {
    return this.context.rejects.read();
  }

  private createListener(listen: { readonly host: string; readonly port: number }): Listener {
    const { certificates, clock, rejects } = this.context;
    const owner = this.linkOwner(() => undefined);
    return new Listener({
      ...listen,
      clock,
      rejects,
      certificates,
      onSocket: (socket, onAuthenticated) =>
        acceptLink(this.context, socket, owner, (link) => {
          onAuthenticated();
          if (this.register(link)) link.confirm();
        }),
    });
  }

  private createDialers(): readonly Dialer[] {
    const { self, config, crypto, dialAddressOf } = this.options;
    const seed = new DataView(crypto.randomBytes(4).buffer).getUint32(0);
    const prng = new Prng(seed);
    const owner = this.linkOwner((link) => this.register(link));
    return config.members.flatMap((member, index) => {
      const peer: PeerId = { kind: "replica", index };
      const address = (): string => dialAddressOf?.(index) ?? member.address;
      return mayDial(self, peer) ? [new Dialer(this.context, { peer, address, prng }, owner)] : [];
    });
  }

  private linkOwner(onConfirmed: (link: Link) => void): LinkOwner {
    return {
      onConfirmed,
      onPacket: ({ parties }, packet) => {
        this.options.events.onPacket(parties.peer, packet);
      },
      onClosed: (link) => this.unregister(link),
    };
  }

  /** Rule A5: a newer process, or a newer connection of the same, replaces the older link. */
  private register(link: Link): boolean {
    const { peer, boot } = link.parties;
    const older = this.links.get(peerKey(peer));
    if (older !== undefined && older.parties.boot > boot) {
      link.close("stale-boot");
      return false;
    }
    older?.close(null);
    if (this.isStopped || link.isClosed) return false;
    this.links.set(peerKey(peer), link);
    this.options.log.info("link up", { peer: peerKey(peer), boot });
    this.options.events.onLinkUp(peer);
    return true;
  }

  private unregister(link: Link): void {
    const { peer } = link.parties;
    if (this.links.get(peerKey(peer)) !== link) return;
    this.links.delete(peerKey(peer));
    this.options.log.info("link down", { peer: peerKey(peer) });
    if (!this.isStopped) this.options.events.onLinkDown(peer);
  }
}
