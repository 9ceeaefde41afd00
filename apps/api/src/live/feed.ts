/** The live feed: the picture at most four times a second, depths of queues once a second. */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";
import {
  ApiError,
  liveChanges,
  liveEvents,
  livePath,
  pictureIntervalMsMax,
  pictureIntervalMsMin,
  queuesIntervalMsMin,
} from "@quorate/contract";
import type { ClusterClient } from "@quorate/session";
import { type Namespace, Server, type Socket } from "socket.io";
import { Adapter } from "socket.io-adapter";
import { authenticate, type Authority, verifyToken } from "../trust/authenticate.ts";
import type { CommitLatency } from "../cluster/latency.ts";
import { liveSocket } from "../limits.ts";
import { asApiError, type ErrorLog } from "../http/problem.ts";
import { isOurOrigin, sessionIdIn } from "../session/cookie.ts";
import type { Principal } from "../trust/token.ts";
import type { AdapterMaker } from "../redis/sharing.ts";
import { type ChangeSignal, serveChanges } from "./changes.ts";
import { createHealthHistory } from "./history.ts";
import { pictureOf } from "./picture.ts";
import { liveQueuesFor, readQueues } from "./queues.ts";

/** What the feed is made of. */
export interface FeedParts {
  readonly server: HttpServer;
  readonly client: ClusterClient;
  readonly authority: Authority;
  readonly latency: CommitLatency;
  readonly nowMs: () => number;
  readonly log: ErrorLog;
  readonly changes: ChangeSignal;
  /** Spreads changes to the browsers of other gateways; null: to our own only. */
  readonly adapterOfChanges: AdapterMaker | null;
}

/** The feed, from its first browser until it is stopped. */
export interface LiveFeed {
  stop(): Promise<void>;
}

interface Viewer {
  readonly socket: Socket;
  readonly principal: Principal;
  readonly sessionId: string | null;
  watchesQueues: boolean;
}

/** Serves the feed on the HTTP server, at livePath. */
export function startLiveFeed(parts: FeedParts): LiveFeed {
  const { server, client, authority, changes, adapterOfChanges } = parts;
  const viewers = new Set<Viewer>();
  server.on("upgrade", letGoOfGreedy);
  const io = createSocketServer(server, authority);
  if (adapterOfChanges !== null) io.adapter(adapterOf(adapterOfChanges));
  const lookers = new Set<Viewer>();
  const enterAs =
    (among: Set<Viewer>) =>
    async (socket: Socket, next: (refused?: Error) => void): Promise<void> => {
      try {
        const viewer = await admit(socket, authority);
        if (among.size >= liveSocket.connectionsMax) throw new ApiError("overloaded");
        // Of who has gone meanwhile no end will be heard.
        if (socket.conn.readyState === "open") {
          among.add(viewer);
          socket.once("disconnect", () => among.delete(viewer));
        }
      } catch (error) {
        next(new Error(asApiError(error).code, { cause: error }));
        return;
      }
      next();
    };
  io.use((socket, next) => void enterAs(viewers)(socket, next));
  const stopChanges = serveChanges(io, changes, (socket, next) => {
    void enterAs(lookers)(socket, next);
  });
  const stopPictures = sendPictures(parts, { viewers, lookers });
  const stopQueues = sendQueues(parts, viewers);
  const unwatch = client.onHealth(stopPictures.onChange);
  return {
    async stop() {
      unwatch();
      stopPictures.stop();
      stopQueues();
      stopChanges();
      await io.close();
    },
  };
}

function createSocketServer(server: HttpServer, { site }: Authority): Server {
  return new Server(server, {
    path: livePath,
    serveClient: false,
    maxHttpBufferSize: liveSocket.messageBytesMax,
    connectTimeout: liveSocket.connectTimeoutMs,
    pingInterval: liveSocket.pingIntervalMs,
    pingTimeout: liveSocket.pingTimeoutMs,
    perMessageDeflate: false,
    httpCompression: false,
    cleanupEmptyChildNamespaces: true,
    // A page of another origin is refused before anything of it is read.
    allowRequest: (request: IncomingMessage, decide) => {
      const isOurs = request.headers.origin === undefined || isOurOrigin(request, site);
      decide(isOurs ? null : "another origin", isOurs);
    },
  });
}

/** A websocket answers pings by itself; whoever sends them and never reads is let go. */
function letGoOfGreedy(_request: IncomingMessage, socket: Duplex): void {
  // Not before the websocket listens, too: what comes would else be lost to it.
  setImmediate(() => {
    socket.on("data", () => {
      if (socket.writableLength > liveSocket.bufferedBytesMax) socket.destroy();
    });
  });
}

/** The viewer behind a handshake. Rejects with the problem that the client is told. */
async function admit(socket: Socket, authority: Authority): Promise<Viewer> {
  const { request } = socket;
  const principal = await principalOf(socket, authority);
  if (!principal.scopes.cluster.has("cluster:read")) throw new ApiError("scope-missing");
  const hasToken = tokenOf(socket) !== null || request.headers.authorization !== undefined;
  const sessionId = hasToken ? null : sessionIdIn(request, authority.site);
  const viewer: Viewer = { socket, principal, sessionId, watchesQueues: false };
  socket.on(liveEvents.watchQueues, () => {
    viewer.watchesQueues = true;
  });
  socket.on(liveEvents.unwatchQueues, () => {
    viewer.watchesQueues = false;
  });
  return viewer;
}

/** Programs send a token in the handshake; browsers have their session. */
function principalOf(socket: Socket, authority: Authority): Principal | Promise<Principal> {
  const token = tokenOf(socket);
  return token === null ? authenticate(socket.request, authority) : verifyToken(token, authority);
}

function tokenOf({ handshake }: Socket): string | null {
  const token: unknown = handshake.auth["token"];
  return typeof token === "string" ? token : null;
}

/** Only changes, which have no content, are spread; all else a gateway tells its own browsers. */
function adapterOf(spread: AdapterMaker): (namespace: Namespace) => Adapter {
  // Socket.IO calls it as a constructor, which an arrow function is not.
  return function adapter(namespace: Namespace): Adapter {
    return namespace.name === liveChanges.namespace ? spread(namespace) : new Adapter(namespace);
  };
}

function sendPictures(
  parts: FeedParts,
  { viewers, lookers }: Readonly<Record<"viewers" | "lookers", ReadonlySet<Viewer>>>,
) {
  const { client, latency, nowMs, log } = parts;
  const history = createHealthHistory();
  let hasChanged = true;
  let sentAtMs = -Infinity;
  const tick = (): void => {
    const atMs = performance.now();
    const health = client.health();
    history.note(health, atMs);
    endSessions(parts, viewers);
    endSessions(parts, lookers);
    if (viewers.size === 0) return;
    // A tick may come a little early; the next would then be a whole one late.
    const isDue = atMs - sentAtMs >= pictureIntervalMsMax - pictureIntervalMsMin / 2;
    if (!hasChanged && !isDue) return;
    const picture = pictureOf(health, { history, latency, nowMs: nowMs(), atMs });
    if (picture === null) return;
    hasChanged = false;
    sentAtMs = atMs;
    // Volatile: what a slow browser cannot take now is not kept, the next picture says it all.
    for (const { socket } of viewers) socket.volatile.emit(liveEvents.picture, picture);
  };
  const timer = setInterval(() => {
    try {
      tick();
    } catch (error) {
      log.error("the live feed failed", { error });
    }
  }, pictureIntervalMsMin);
  return {
    onChange: () => {
      hasChanged = true;
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** Disconnects whoever's session or token has ended, or was revoked. */
function endSessions({ authority, nowMs }: FeedParts, viewers: ReadonlySet<Viewer>): void {
  for (const { socket, principal, sessionId } of viewers) {
    const isOver =
      principal.expiresAtMs <= nowMs() ||
      !principal.isKeyHeld() ||
      authority.revocations.isRevoked(principal) ||
      (sessionId !== null && !authority.sessions.isAlive(sessionId));
    if (isOver) socket.disconnect(true);
  }
}

function sendQueues(parts: FeedParts, viewers: ReadonlySet<Viewer>): () => void {
  const { client, nowMs } = parts;
  let isReading = false;
  const read = async (watching: readonly Viewer[]): Promise<void> => {
    isReading = true;
    try {
      const all = await readQueues(client);
      for (const { socket, principal } of watching) {
        const queues = liveQueuesFor(all, principal.scopes, nowMs());
        socket.volatile.emit(liveEvents.queues, queues);
      }
    } catch {
      // Without a cluster there is nothing to send; the picture tells why, and ages show it.
    } finally {
      isReading = false;
    }
  };
  const timer = setInterval(() => {
    const watching = [...viewers].filter(({ watchesQueues }) => watchesQueues);
    if (watching.length > 0 && !isReading) void read(watching);
  }, queuesIntervalMsMin);
  return () => {
    clearInterval(timer);
  };
}
