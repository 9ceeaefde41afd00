/** Which processes a dev cluster has, and the configuration file of each. */
import { existsSync, mkdirSync } from "node:fs";
import { heapOptionsFor } from "@quorate/runtime";
import { dashboardOutFolder } from "./dashboard-build.ts";
import type { DevFolder } from "./dev-folder.ts";
import type { DevCluster } from "./genesis.ts";
import { findFreePorts, loopback } from "./ports.ts";
import { writePrivateFile } from "./private-file.ts";
import type { ProcessSpec } from "./supervisor.ts";
import { audienceOf, devIssuer, devTokenSeconds } from "./tokens.ts";

const nodeOptions = heapOptionsFor(process.versions.node);

/** One replica to start. */
export interface ReplicaPlan {
  readonly id: string;
  readonly index: number;
  readonly port: number;
  readonly metricsPort: number;
  readonly spec: ProcessSpec;
}

/** One gateway to start. */
export interface ApiPlan {
  readonly url: string;
  readonly spec: ProcessSpec;
}

/** All processes to start. */
export interface ProcessPlan {
  readonly replicas: readonly ReplicaPlan[];
  readonly api: ApiPlan;
  /** Gateways beyond the first. */
  readonly otherApis: readonly ApiPlan[];
}

/**
 * Writes the configuration file of every process and returns what to start: a gateway for each
 * port. Metrics ports are chosen anew each time; nobody remembers them.
 */
export async function planProcesses(
  folder: DevFolder,
  cluster: DevCluster,
  [apiPort, ...otherPorts]: readonly [number, ...number[]],
): Promise<ProcessPlan> {
  for (const path of [folder.configFolder, folder.logFolder]) mkdirSync(path, { recursive: true });
  const taken = [apiPort, ...otherPorts, ...cluster.replicas.map((replica) => replica.port)];
  const metricsPorts = await findFreePorts(cluster.replicas.length, taken);
  const replicas = cluster.replicas.map((replica, index) => {
    const metricsPort = metricsPorts[index] ?? 0;
    const spec = planReplica(folder, { ...replica, metricsPort });
    return { ...replica, metricsPort, spec };
  });
  const api = planApi(folder, cluster, { id: "api", index: 0, port: apiPort });
  const otherApis = otherPorts.map((port, before) => {
    const index = before + 1;
    return planApi(folder, cluster, { id: `api${index}`, index, port });
  });
  return { replicas, api, otherApis };
}

function planReplica(
  folder: DevFolder,
  replica: { id: string; port: number; metricsPort: number },
): ProcessSpec {
  const { id, port, metricsPort } = replica;
  mkdirSync(folder.dataFolder(id), { recursive: true, mode: 0o700 });
  writeConfig(folder.configFile(id), {
    clusterFile: folder.clusterFile,
    replicaId: id,
    dataDir: folder.dataFolder(id),
    keyFile: folder.keyFile(id),
    passphraseFile: folder.passphraseFile(id),
    listen: { host: loopback, port },
    metrics: { host: loopback, port: metricsPort },
    log: { level: "info" },
  });
  const args = [...nodeOptions, "apps/replica/src/main.ts", "--config", folder.configFile(id)];
  return { id, args, log: folder.log(id) };
}

function planApi(
  folder: DevFolder,
  cluster: DevCluster,
  { id, index, port }: { id: string; index: number; port: number },
): ApiPlan {
  const gatewayId = cluster.gateways[index];
  if (gatewayId === undefined) throw new RangeError(`the cluster has no gateway for ${id}`);
  writeConfig(folder.configFile(id), {
    clusterFile: folder.clusterFile,
    gatewayId,
    keyFile: folder.keyFile(gatewayId),
    passphraseFile: folder.passphraseFile(gatewayId),
    listen: { host: loopback, port },
    dashboardDir: existsSync(dashboardOutFolder) ? dashboardOutFolder : null,
    issuers: [
      {
        ...devIssuer,
        audience: audienceOf(cluster.clusterIdHex),
        jwksFile: folder.issuerKeySetFile,
        maxAgeSeconds: devTokenSeconds,
      },
    ],
    log: { level: "info" },
    publicUrl: null,
  });
  const args = [...nodeOptions, "apps/api/src/main.ts", "--config", folder.configFile(id)];
  return { url: `http://${loopback}:${port}`, spec: { id, args, log: folder.log(id) } };
}

function writeConfig(path: string, config: object): void {
  writePrivateFile(path, `${JSON.stringify(config, null, 2)}\n`);
}
