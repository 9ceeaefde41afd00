/** The only place where this process's adapters meet. */
import { readFile } from "node:fs/promises";
import { systemClock } from "@quorate/clock";
import { assertVerifierVerdicts, nodeCrypto, readKeyFile } from "@quorate/identity";
import { createFileJournal } from "@quorate/journal";
import type { JournalFatalReason } from "@quorate/ports";
import {
  type ClusterConfig,
  ClusterFileError,
  digestClusterConfig,
  genesisHash,
  parseClusterFile,
} from "@quorate/protocol";
import { createQueueStateMachine } from "@quorate/queue";
import { createReplicaHost, type FatalReason, type ReplicaHost } from "@quorate/runtime";
import { createLog, createMetrics, createProbeServer, type ProbeServer } from "@quorate/telemetry";
import { createTransport } from "@quorate/transport";
import { defaultOptions } from "@quorate/vsr";
import { type Config, ConfigError } from "./config.ts";
import { version } from "./version.ts";

export interface ReplicaProcess {
  readonly host: ReplicaHost;
  readonly probes: ProbeServer;
}

/** Called once; the process must end without another word. */
export type OnFatal = (reason: FatalReason | JournalFatalReason, cause: unknown) => void;

export async function compose(config: Config, onFatal: OnFatal): Promise<ReplicaProcess> {
  assertVerifierVerdicts();
  const log = createLog(config.log.level, config.replicaId);
  const metrics = createMetrics();
  const cluster = await readCluster(config);
  const index = cluster.members.findIndex((member) => member.id === config.replicaId);
  if (index === -1) throw new ConfigError(`the cluster has no member ${config.replicaId}`);
  const configDigest = digestClusterConfig(cluster, nodeCrypto.sha256);
  const signer = await readSigner(config, cluster);
  const journal = createFileJournal({
    directory: config.dataDir,
    clusterId: cluster.clusterId,
    replica: index,
    genesis: genesisHash(configDigest, nodeCrypto.sha256),
    sha256: nodeCrypto.sha256,
    events: { onFatal },
    log,
    metrics,
  });
  const host = createReplicaHost({
    config: cluster,
    index,
    signer,
    crypto: nodeCrypto,
    clock: systemClock,
    journal,
    stateMachine: createQueueStateMachine({ sha256: nodeCrypto.sha256 }),
    options: defaultOptions,
    metrics,
    log,
    version,
    connect: (events, boot, incarnation) =>
      createTransport({
        self: { kind: "replica", index },
        signer,
        crypto: nodeCrypto,
        config: cluster,
        configDigest,
        boot,
        incarnation,
        listen: config.listen,
        clock: systemClock,
        events,
        metrics,
        log,
      }),
    onFatal,
  });
  const probes = createProbeServer({
    listen: config.metrics,
    isLive: () => true,
    isReady: () => host.replica?.status === "normal",
    metrics,
  });
  return { host, probes };
}

async function readCluster(config: Config): Promise<ClusterConfig> {
  try {
    return parseClusterFile(await readFile(config.clusterFile, "utf8"));
  } catch (cause) {
    if (!(cause instanceof ClusterFileError)) throw cause;
    throw new ConfigError(`${config.clusterFile}: ${cause.message}`, { cause });
  }
}

async function readSigner(config: Config, cluster: ClusterConfig) {
  const passphrase = (await readFile(config.passphraseFile, "utf8")).trim();
  const { clusterId } = cluster;
  return readKeyFile(config.keyFile, { purpose: "replica", clusterId, passphrase });
}
