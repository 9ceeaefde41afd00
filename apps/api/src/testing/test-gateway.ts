/** The whole gateway over an in-process cluster, listening on loopback. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem, problemType } from "@quorate/contract";
import { nodeCrypto } from "@quorate/identity";
import type * as z from "zod";
import { createAdmission } from "../load/admission.ts";
import { createApp } from "../app.ts";
import { timedClient } from "../cluster/latency.ts";
import { createChangeSignal } from "../live/changes.ts";
import { settableLimits } from "../limits.ts";
import { startLiveFeed } from "../live/feed.ts";
import { createQueueDepths } from "../metrics/queue-depths.ts";
import { createRateLimits, type RateLimited } from "../load/rate-limits.ts";
import { createRefusalPace, type RefusalPace } from "../load/refusal-pace.ts";
import { createReadiness } from "../cluster/readiness.ts";
import type { RedisLink } from "../redis/redis-link.ts";
import { createSharing } from "../redis/sharing.ts";
import { createGateway } from "../routes/gateway.ts";
import type { QueueMetricsReaders } from "../metrics/queue-metrics.ts";
import { createHttpServer } from "../http/server.ts";
import type { ErrorLog } from "../http/problem.ts";
import { loadDashboard } from "../http/static.ts";
import type { RevocationList } from "../trust/revocation-list.ts";
import { assertDocumented } from "./documented-traffic.ts";
import { clusterId, InProcessCluster } from "./in-process-cluster.ts";
import { createTestAuthority } from "./test-authority.ts";
import { createTestIssuer, type TestIssuer } from "./tokens.ts";

/** Gateways that a limit is shared by, where there is one. */
const gatewaysInTests = 2;

/** Scopes of somebody who may do everything. */
export const everyScope =
  "enqueue:* dequeue:* peek:* manage:* purge:* redrive:* read:* cluster:read cluster:admin audit:read";

/** An answer with its parsed body. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a test sends. */
export interface Sent {
  readonly body?: unknown;
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: no token. */
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

/** A gateway under test. */
export interface TestGateway {
  readonly url: string;
  readonly cluster: InProcessCluster;
  readonly issuer: TestIssuer;
  /** What was logged as an error: a test that leaves something here has met a bug. */
  readonly logged: unknown[];
  /** What the gateway knows of revoked tokens; it asks when a test says so. */
  readonly revocations: RevocationList;
  /** Sends a request, by default as somebody who may do everything; checks the answer's schema. */
  send(method: string, path: string, sent?: Sent): Promise<Received>;
  /** A queue that nobody else uses; its path. */
  newQueue(config?: object): Promise<string>;
  stop(): Promise<void>;
}

/** What a test may ask for. */
export interface TestGatewayOptions {
  readonly dashboardDir?: string;
  readonly publicUrl?: string;
  readonly rateLimits?: Partial<RateLimited>;
  readonly limits?: Partial<Record<keyof typeof settableLimits, number>>;
  /** How late the gateway seems to be, in ms. */
  readonly lag?: { lagMs(): number };
  /** How fast refusals are told; as in a gateway unless said otherwise. */
  readonly refusalPace?: RefusalPace;
  /** The link to a Redis; it is started and stopped with the gateway. */
  readonly redis?: RedisLink;
  /** Who is told the depths of queues by `/metrics`; readers, unless said otherwise. */
  readonly queueMetrics?: QueueMetricsReaders;
  /** Another gateway of the same cluster, with the same issuer; it has to be stopped later. */
  readonly beside?: TestGateway;
}

const noMetrics = { count() {}, gauge() {}, observe() {} };
const unlimited = { principal: null, queue: null };

/** Starts a gateway. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const { publicUrl = null } = options;
  const limits = { ...settableLimits, ...options.limits };
  const logged: unknown[] = [];
  const folder = mkdtempSync(join(tmpdir(), "quorate-api-"));
  const cluster = options.beside?.cluster ?? new InProcessCluster();
  const { nowMs } = cluster;
  const issuer = options.beside?.issuer ?? (await createTestIssuer(folder, nowMs));
  const { client, latency } = timedClient(cluster);
  const believed = { client, issuer, nowMs, logged, publicUrl };
  const { authority, keys } = await createTestAuthority(believed);
  const { revocations } = authority;
  const sharing = createSharing(options.redis ?? null, { clusterId, gateways: gatewaysInTests });
  sharing.shareRevocations(revocations);
  sharing.start();
  const log = logInto(logged);
  const gateway = createGateway(client, { sha256: nodeCrypto.sha256, nowMs });
  const changes = createChangeSignal();
  const app = createApp({
    changes,
    gateway,
    authority,
    admission: createAdmission(limits, options.lag ?? { lagMs: () => 0 }),
    answerTimeoutMs: limits.answerTimeoutMs,
    rateLimits: createRateLimits({ ...unlimited, ...options.rateLimits }, sharing),
    refusalPace: options.refusalPace ?? createRefusalPace(() => performance.now()),
    metrics: noMetrics,
    probed: {
      readiness: createReadiness(client, { revocations, nowMs }),
      version: "0.1.0",
      publicKeys: () => keys.published(),
    },
    measured: {
      processText: () => Promise.resolve("quorate_view 4\n"),
      queueDepths: createQueueDepths(client, nowMs),
      queuesFor: options.queueMetrics ?? "readers",
      nowMs,
    },
    dashboard: loadDashboard(options.dashboardDir ?? null),
    log,
  });
  const server = createHttpServer(app, limits);
  const live = { ...sharing, server, client, authority, latency, nowMs, log, changes };
  const feed = startLiveFeed(live);
  const url = await listen(server);
  const admin = await issuer.token(everyScope);
  const sendTo: TestGateway["send"] = (method, path, sent = {}) =>
    send(url + path, { ...sent, method, token: sent.token === undefined ? admin : sent.token });
  return {
    url,
    cluster,
    issuer,
    logged,
    revocations,
    send: sendTo,
    async newQueue(config = {}) {
      const path = `/v1/queues/q-${randomUUID()}`;
      await sendTo("PUT", path, { body: config });
      return path;
    },
    async stop() {
      gateway.waiting.close();
      revocations.stop();
      sharing.stop();
      await feed.stop();
      server.closeAllConnections();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A log of which only the errors are kept. */
function logInto(logged: unknown[]): ErrorLog {
  return {
    error: (_message, fields = {}) => {
      logged.push(fields["error"]);
    },
  };
}

/** The address at which the server listens from now on. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${portOf(server)}`;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

async function send(url: string, sent: Sent & { readonly method: string }): Promise<Received> {
  const { method, token, body, raw, headers = {}, signal } = sent;
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(signal === undefined ? {} : { signal }),
    ...(raw === undefined ? {} : { body: typeof raw === "string" ? raw : Buffer.from(raw) }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  const json = isJson && text !== "" ? objectIn(text) : {};
  const received = { status: response.status, headers: response.headers, text, json };
  const { pathname, search } = new URL(url);
  assertDocumented({ ...received, method, target: pathname + search, sent: sentJson(sent) });
  return received;
}

/** What was sent as JSON, also as raw text; null when it was none. */
function sentJson({ body, raw, headers = {} }: Sent): string | null {
  if (body !== undefined) return JSON.stringify(body);
  const isJson = new Headers(headers).get("content-type")?.startsWith("application/json") ?? false;
  return isJson && raw !== undefined ? Buffer.from(raw).toString("utf8") : null;
}

/** Every JSON answer is an object. */
function objectIn(text: string): Received["json"] {
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`no object but ${text}`);
}

/** The problem of an answer; fails when it is none. */
export function problemIn({ headers, status, text, json }: Received): z.infer<typeof Problem> {
  if (headers.get("content-type") === problemType) return Problem.parse(json);
  throw new Error(`no problem but ${status} ${text}`);
}
