/** The only place where this process's adapters meet. */
import { systemClock } from "@quorate/clock";
import {
  assertVerifierVerdicts,
  nodeCrypto,
  type ProcessIdentity,
  readSecretFile,
} from "@quorate/identity";
import { createEvidenceFile, createFileJournal } from "@quorate/journal";
import type { JournalFatalReason } from "@quorate/ports";
import { digestClusterConfig } from "@quorate/protocol";
import { createQueueStateMachine } from "@quorate/queue";
import { createReplicaHost, type FatalReason, type ReplicaHost } from "@quorate/runtime";
import { createLog, createMetrics, createProbeServer, type ProbeServer } from "@quorate/telemetry";
import { createTransport, LinkCertificates } from "@quorate/transport";
import { defaultOptions, isBarred, type Replica } from "@quorate/vsr";
import type { Config } from "./config.ts";
import { version } from "./version.ts";

export interface ReplicaProcess {
  readonly host: ReplicaHost;
  readonly probes: ProbeServer;
}

/** Called once; the process must end without another word. */
export type OnFatal = (reason: FatalReason | JournalFatalReason, cause: unknown) => void;

export function compose(
  config: Config,
  { cluster, index, signer }: ProcessIdentity,
  onFatal: OnFatal,
): ReplicaProcess {
  assertVerifierVerdicts();
  const certificates =
    config.tls === null ? null : new LinkCertificates(config.tls, readSecretFile);
  const log = createLog(config.log.level, config.replicaId);
  const metrics = createMetrics();
  const configDigest = digestClusterConfig(cluster, nodeCrypto.sha256);
  const journal = createFileJournal({
    directory: config.dataDir,
    clusterId: cluster.clusterId,
    replica: index,
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
    evidence: createEvidenceFile({ directory: config.dataDir, events: { onFatal }, log }),
    stateMachine: createQueueStateMachine({ sha256: nodeCrypto.sha256 }),
    options: defaultOptions,
    metrics,
    log,
    version,
    connect: (events, { boot, incarnation }, own) =>
      createTransport({
        self: { kind: "replica", index },
        signer: own,
        crypto: nodeCrypto,
        config: cluster,
        configDigest,
        boot,
        incarnation,
        listen: config.listen,
        certificates,
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
    isReady: () => isReady(host.replica),
    metrics,
  });
  return { host, probes };
}

/** Whether it counts for a quorum: after the loss of its disk it follows before it may (rule S11). */
function isReady(replica: Replica | null): boolean {
  return replica !== null && replica.status === "normal" && !isBarred(replica);
}
