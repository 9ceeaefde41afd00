/** The life of a gateway: it starts, it listens, it stops in order. */
import { once } from "node:events";
import type { Log } from "@quorate/ports";
import type { ClusterClient } from "@quorate/session";
import type { Express } from "express";
import type { Authority } from "./trust/authenticate.ts";
import type { CommitLatency } from "./cluster/latency.ts";
import { drainMsMax } from "./limits.ts";
import type { ChangeSignal } from "./live/changes.ts";
import { startLiveFeed } from "./live/feed.ts";
import type { Sharing } from "./redis/sharing.ts";
import { createHttpServer, type HttpLimits } from "./http/server.ts";
import type { WaitingRoom } from "./routes/waiting.ts";

/** A gateway that can be started once and stopped once. */
export interface GatewayProcess {
  /** Resolves when it listens. Rejects when the address cannot be bound. */
  start(): Promise<void>;
  /** Refuses new calls, lets those in progress end, and leaves the cluster. */
  stop(): Promise<void>;
}

/** What a gateway is made of. */
export interface GatewayProcessParts {
  readonly app: Express;
  readonly client: ClusterClient;
  readonly latency: CommitLatency;
  readonly authority: Authority;
  readonly sharing: Sharing;
  readonly changes: ChangeSignal;
  readonly waiting: WaitingRoom;
  readonly listen: { readonly host: string; readonly port: number };
  readonly limits: HttpLimits;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** The gateway made of these parts. */
export function createGatewayProcess(parts: GatewayProcessParts): GatewayProcess {
  const { app, client, latency, authority, sharing, changes, waiting, listen, limits, nowMs, log } =
    parts;
  const server = createHttpServer(app, limits);
  const { adapterOfChanges } = sharing;
  const live = { server, client, authority, latency, nowMs, log, changes, adapterOfChanges };
  const feed = startLiveFeed(live);
  return {
    async start() {
      await client.start();
      sharing.start();
      authority.revocations.start();
      server.listen(listen.port, listen.host);
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : listen.port;
      log.info("the gateway listens", { host: listen.host, port });
    },
    async stop() {
      log.info("the gateway stops");
      waiting.close();
      authority.revocations.stop();
      sharing.stop();
      // Ends the HTTP server too: no new connections, idle ones are closed.
      const stopped = feed.stop();
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, drainMsMax);
      await stopped;
      clearTimeout(timer);
      await client.stop();
    },
  };
}
