import { Tally } from "@quorate/prelude";
import type { Log, LogFields, Metrics } from "@quorate/ports";

/** Why a frame or a connection was refused. */
export type LinkRejectReason =
  /** A browser. */
  | "origin"
  /** No TLS where there must be, or a certificate that is not the authority's. */
  | "tls"
  /** Not our websocket: another path, method, transport or broken HTTP. */
  | "http"
  /** Bytes that are no websocket or Socket.IO packet of ours, or one that was not due. */
  | "websocket"
  /** A socket that had to make room: more are in their hello than may be. */
  | "too-many"
  /** A connection that the machine had no file for. */
  | "accept"
  /** More connections in a second than may be. */
  | "too-often"
  | "oversized"
  | "hello-timeout"
  /** More bytes before the hello than any hello has. */
  | "hello-bytes"
  | "hello-malformed"
  /** The dialed peer closed the connection during the hello: it refused us. */
  | "hello-closed"
  | "version"
  | "cluster"
  /** Another epoch or another configuration of it. */
  | "configuration"
  | "unknown-peer"
  | "wrong-role"
  | "small-order"
  | "hello-signature"
  /** A process that the peer's newer process has replaced. */
  | "stale-boot"
  | "sequence"
  | "seal"
  | "frame-malformed"
  /** The dialing side never asked for new keys. */
  | "key-age"
  /** The dialing side asked for new keys long before the old ones were worn. */
  | "key-youth"
  /** Ours: a packet for a peer that takes none at the moment. */
  | "backlog";

/** Counts refusals. The log shows few of many, so that an attacker cannot fill it. */
export class LinkRejects {
  private readonly tally = new Tally<LinkRejectReason>();
  private readonly metrics: Metrics;
  private readonly log: Log;

  constructor(metrics: Metrics, log: Log) {
    this.metrics = metrics;
    this.log = log;
  }

  count(reason: LinkRejectReason, fields: LogFields = {}): void {
    const { count, isWorthTelling } = this.tally.count(reason);
    this.metrics.count("quorate_link_rejects_total", { reason });
    if (isWorthTelling) this.log.warn("refused on a link", { reason, count, ...fields });
  }

  read(): ReadonlyMap<string, number> {
    return this.tally.read();
  }
}
