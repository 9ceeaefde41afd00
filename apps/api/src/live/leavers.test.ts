/** Browsers and programs that go while it is looked at who they are. */
import { once } from "node:events";
import { createServer } from "node:http";
import { liveEvents, livePath, parseScopes } from "@quorate/contract";
import { nodeCrypto } from "@quorate/identity";
import { io } from "socket.io-client";
import { expect, it, onTestFinished } from "vitest";
import { timedClient } from "../cluster/latency.ts";
import { createSessionStore } from "../session/session-store.ts";
import { InProcessCluster } from "../testing/in-process-cluster.ts";
import { createRevocationList } from "../trust/revocation-list.ts";
import type { Principal } from "../trust/token.ts";
import { createChangeSignal } from "./changes.ts";
import { startLiveFeed } from "./feed.ts";

const cluster = new InProcessCluster();
const { nowMs } = cluster;

const principalOf = (subject: string): Principal => ({
  issuer: "https://issuer.test",
  subject,
  id: subject,
  scopes: parseScopes("cluster:read"),
  jti: subject,
  issuedAtMs: nowMs(),
  expiresAtMs: nowMs() + 60_000,
  isKeyHeld: () => true,
});

it("a viewer that goes before its token is verified is not kept", async () => {
  const verified = new Map<string, () => void>();
  const lookedAt: string[] = [];
  const { client, latency } = timedClient(cluster);
  const authority = {
    // A token is its subject, and good when the test says so.
    tokens: {
      knows: () => true,
      verify: (subject: string) =>
        new Promise<Principal>((resolve) => {
          verified.set(subject, () => resolve(principalOf(subject)));
        }),
    },
    revocations: {
      ...createRevocationList({ client, sha256: nodeCrypto.sha256, nowMs }),
      isRevoked: ({ subject }: Pick<Principal, "subject">) => lookedAt.push(subject) < 0,
    },
    sessions: createSessionStore(nowMs),
    site: { origin: null },
  };
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const feed = startLiveFeed({
    server,
    client,
    authority,
    latency,
    nowMs,
    log: { error: (message) => expect.fail(message) },
    changes: createChangeSignal(),
    adapterOfChanges: null,
  });
  onTestFinished(() => feed.stop());
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const connect = async (token: string) => {
    const options = { path: livePath, transports: ["websocket"], forceNew: true, auth: { token } };
    const socket = io(url, { ...options, reconnection: false });
    onTestFinished(() => void socket.close());
    await expect.poll(() => verified.has(token)).toBe(true);
    return socket;
  };
  const goes = await connect("goes");
  goes.close();
  const stays = await connect("stays");
  verified.get("goes")?.();
  verified.get("stays")?.();
  for (let picture = 0; picture < 2; picture++) {
    await new Promise<void>((resolve) => stays.once(liveEvents.picture, () => resolve()));
  }
  // Whoever is kept is looked at with every picture, and once when the token was verified.
  expect(lookedAt.filter((subject) => subject === "stays").length).toBeGreaterThan(1);
  expect(lookedAt.filter((subject) => subject === "goes")).toHaveLength(1);
});
