/** The only place where this process's adapters meet. */
import { systemClock } from "@quorate/clock";
import {
  assertVerifierVerdicts,
  nodeCrypto,
  type ProcessIdentity,
  readIdentity,
  readSecretFile,
} from "@quorate/identity";
import type { Log, Metrics } from "@quorate/ports";
import { digestClusterConfig } from "@quorate/protocol";
import { type ClusterClient, createClusterClient } from "@quorate/session";
import { createLog, createMetrics } from "@quorate/telemetry";
import { createTransport, LinkCertificates } from "@quorate/transport";
import { createAdmission } from "./load/admission.ts";
import { createApp } from "./app.ts";
import type { Config } from "./config.ts";
import { measureEventLoopLag } from "./load/event-loop-lag.ts";
import { type GatewayProcess, createGatewayProcess } from "./gateway-process.ts";
import { timedClient } from "./cluster/latency.ts";
import { createChangeSignal } from "./live/changes.ts";
import { createQueueDepths } from "./metrics/queue-depths.ts";
import { createRateLimits } from "./load/rate-limits.ts";
import { createRefusalPace } from "./load/refusal-pace.ts";
import { createReadiness } from "./cluster/readiness.ts";
import { createRedisLink, type RedisLink } from "./redis/redis-link.ts";
import { createSharing } from "./redis/sharing.ts";
import { createGateway } from "./routes/gateway.ts";
import { createSessionStore } from "./session/session-store.ts";
import { loadDashboard } from "./http/static.ts";
import { createTokenVerifier } from "./trust/token.ts";
import { loadIssuers } from "./trust/issuers.ts";
import { createRevocationList } from "./trust/revocation-list.ts";
import { version } from "./version.ts";

const nowMs = (): number => Date.now();

/** Builds the gateway of this configuration; nothing of it runs yet. */
export async function compose(config: Config): Promise<GatewayProcess> {
  assertVerifierVerdicts();
  const log = createLog(config.log.level, config.gatewayId);
  const metrics = createMetrics();
  const identity = await readIdentity(config, { purpose: "gateway", id: config.gatewayId });
  const { cluster } = identity;
  const { client, latency } = timedClient(await connect(config, identity, { log, metrics }));
  const gateway = createGateway(client, { sha256: nodeCrypto.sha256, nowMs });
  const issuers = await loadIssuers(config.issuers, { nowMs, log });
  const sharing = createSharing(linkToRedis(config, log), {
    clusterId: client.health().clusterId,
    gateways: cluster.gateways.length,
  });
  const revocations = createRevocationList({ client, sha256: nodeCrypto.sha256, nowMs });
  const authority = {
    revocations,
    tokens: createTokenVerifier(issuers, nowMs),
    sessions: createSessionStore(nowMs),
    site: { origin: config.publicUrl },
  };
  const changes = createChangeSignal();
  const app = createApp({
    changes,
    gateway,
    authority,
    admission: createAdmission(config.limits, measureEventLoopLag()),
    answerTimeoutMs: config.limits.answerTimeoutMs,
    rateLimits: createRateLimits(config.rateLimits, sharing),
    refusalPace: createRefusalPace(() => performance.now()),
    metrics,
    probed: {
      readiness: createReadiness(client, { revocations, nowMs }),
      version,
      publicKeys: () => issuers.flatMap(({ keys }) => keys.published()),
    },
    measured: {
      processText: () => {
        metrics.gauge("quorate_gateway_waiting_calls", gateway.waiting.count());
        return metrics.expose();
      },
      queueDepths: createQueueDepths(client),
      queuesFor: config.queueMetrics,
      nowMs,
    },
    dashboard: loadDashboard(config.dashboardDir),
    log,
  });
  sharing.shareRevocations(revocations);
  const { waiting } = gateway;
  const { listen, limits } = config;
  const parts = {
    app,
    client,
    latency,
    authority,
    sharing,
    changes,
    waiting,
    listen,
    limits,
    nowMs,
    log,
  };
  return createGatewayProcess(parts);
}

/** The link to the Redis of the configuration, which need not be there. */
function linkToRedis({ redis }: Config, log: Log): RedisLink | null {
  if (redis === null) return null;
  const { url, username, passwordFile } = redis;
  const password = passwordFile === null ? null : readSecretFile(passwordFile).trim();
  return createRedisLink({ url, username, password }, log);
}

async function connect(
  config: Config,
  { cluster, index, signer: derived }: ProcessIdentity,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): Promise<ClusterClient> {
  const signer = await derived;
  return createClusterClient({
    config: cluster,
    gatewayIndex: index,
    signer,
    crypto: nodeCrypto,
    clock: systemClock,
    log,
    connect: (events) =>
      createTransport({
        self: { kind: "gateway", index },
        signer,
        crypto: nodeCrypto,
        config: cluster,
        configDigest: digestClusterConfig(cluster, nodeCrypto.sha256),
        // A gateway has no disk; the time of its start grows from one start to the next.
        boot: nowMs(),
        incarnation: 0,
        listen: null,
        certificates: config.tls === null ? null : new LinkCertificates(config.tls, readSecretFile),
        clock: systemClock,
        events,
        metrics,
        log,
      }),
  });
}
