/** The other end of a link: a member of the cluster or a gateway, by index in the configuration. */
export type PeerId =
  | { readonly kind: "replica"; readonly index: number }
  | { readonly kind: "gateway"; readonly index: number };

/**
 * How packets travel: one sealed link for each pair, authenticated in both directions.
 *
 * At most once, in order while a link lives, and never across a reconnect: what cannot be sent now
 * is dropped, because every sender repeats what still matters.
 */
export interface Transport {
  start(): Promise<void>;
  /** Closes every link and listens no more. */
  stop(): Promise<void>;
  /** Hands the packet to the peer's link. False, and nothing happens, when there is none. */
  send(to: PeerId, packet: Uint8Array): boolean;
  /** Bytes handed to the peer's link and not yet written to its socket. */
  bytesWaiting(to: PeerId): number;
  /** Peers whose link is open now. */
  linked(): readonly PeerId[];
  /** Frames and connections refused, by reason; keys are the adapter's own reasons. */
  rejects(): ReadonlyMap<string, number>;
}

export interface TransportEvents {
  /** A packet from an authenticated peer. The bytes may be kept, but hold the whole frame. */
  onPacket(from: PeerId, packet: Uint8Array): void;
  onLinkUp(peer: PeerId): void;
  /** A hint: the peer may be dead (the socket closed, a frame did not open). */
  onLinkDown(peer: PeerId): void;
}

/** One spelling of a peer for maps and logs: `r0`, `g1`. */
export function peerKey(peer: PeerId): string {
  return `${peer.kind === "replica" ? "r" : "g"}${peer.index}`;
}
