/**
 * A cluster of real processes for one test: a folder and ports of its own, the same keys,
 * configuration files and programs as `npm start`, and no supervisor in the way.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DevFolder, devFolderAt } from "@quorate/scripts/src/dev-folder.ts";
import { type CheckpointLimits, createCluster } from "@quorate/scripts/src/genesis.ts";
import { findFreePorts } from "@quorate/scripts/src/ports.ts";
import { type ApiPlan, planProcesses } from "@quorate/scripts/src/process-plan.ts";
import { waitUntilReady } from "@quorate/scripts/src/ready.ts";
import { audienceOf, type DevTokens, mintDevTokens } from "@quorate/scripts/src/tokens.ts";
import { type ClusterView, clusterViewOf } from "./cluster-view.ts";
import { eventually } from "./eventually.ts";
import { NoAnswer, RestClient } from "./rest-client.ts";
import { RigProcess } from "./rig-process.ts";

/** A start on a machine that does many other things: beside twenty others it has taken 17 s. */
const readyMsMax = 60_000;

/** Until a cluster that lost processes, or a disk, is whole again on such a machine. */
const wholeMsMax = 120_000;

/** Removes what this program has made, should it end early; its processes are killed before. */
const folders = new Set<string>();
process.on("exit", () => {
  for (const path of folders) removeFolder(path);
});

/** What a test may ask of its cluster. */
export interface ClusterOptions {
  /** 1, 3 or 5; three unless said otherwise. */
  readonly replicas?: number;
  /** Gateways, each a process with a key and a port of its own; one unless said otherwise. */
  readonly gateways?: number;
  /** When checkpoints are due; as `npm start` has it unless said otherwise. */
  readonly checkpoints?: CheckpointLimits;
  /** Environment of the processes, by id (`r0`, `api`, `api1`). */
  readonly environment?: (id: string) => Readonly<Record<string, string>>;
}

/** One replica's process and where it is found. */
export interface RigReplica {
  readonly id: string;
  readonly process: RigProcess;
  /** The port of the mesh: peers and gateways link to it. */
  readonly port: number;
  readonly metricsUrl: string;
  readonly dataFolder: string;
  readonly configFile: string;
}

/** One gateway's process and where callers find it. */
export interface RigGateway {
  readonly url: string;
  readonly process: RigProcess;
}

interface Parts {
  readonly folder: DevFolder;
  readonly tokens: DevTokens;
  readonly replicas: readonly RigReplica[];
  readonly gateway: RigGateway;
  readonly otherGateways: readonly RigGateway[];
}

/** See the file. Life: `startCluster`, then `stop` once. */
export class Cluster {
  readonly folder: DevFolder;
  readonly apiUrl: string;
  readonly tokens: DevTokens;
  readonly replicas: readonly RigReplica[];
  readonly api: RigProcess;
  /** All gateways; `api` is the first. */
  readonly gateways: readonly RigGateway[];
  readonly #clients: RestClient[] = [];
  readonly #viewer: RestClient;

  constructor(parts: Parts) {
    this.folder = parts.folder;
    this.apiUrl = parts.gateway.url;
    this.tokens = parts.tokens;
    this.replicas = parts.replicas;
    this.api = parts.gateway.process;
    this.gateways = [parts.gateway, ...parts.otherGateways];
    this.#viewer = this.client("viewer", 1);
  }

  /** A caller with one of the dev tokens; its connections are closed with the cluster. */
  client(role: keyof DevTokens, connections = 4, apiUrl = this.apiUrl): RestClient {
    const client = new RestClient({ apiUrl, token: this.tokens[role], connections });
    this.#clients.push(client);
    return client;
  }

  /** What the gateway knows, or null while there is no gateway. */
  async look(): Promise<ClusterView | null> {
    try {
      const { status, body } = await this.#viewer.get("/v1/cluster");
      return status === 200 ? clusterViewOf(body) : null;
    } catch (error) {
      if (error instanceof NoAnswer) return null;
      throw error;
    }
  }

  /** The first view of the cluster that `accept` takes. Throws when none comes in time. */
  lookUntil(
    what: string,
    accept: (view: ClusterView) => boolean,
    withinMs = wholeMsMax,
  ): Promise<ClusterView> {
    return eventually(what, withinMs, async () => {
      const view = await this.look();
      return view !== null && accept(view) ? view : null;
    });
  }

  /** Waits until every replica is in status normal and has what the primary has committed. */
  async whole(): Promise<ClusterView> {
    const count = this.replicas.length;
    return this.lookUntil(
      `${count} normal replicas`,
      ({ status, reachable, view, members }) =>
        status === "normal" &&
        reachable === count &&
        members.every((member) => member.status === "normal" && member.view === view),
    );
  }

  /** The replica that leads now; waits for a view change to end. */
  async primary(): Promise<RigReplica> {
    const { primary } = await this.lookUntil("a primary", (view) => view.primary !== null);
    return this.replica(primary ?? "");
  }

  /** The replicas that do not lead. */
  async backups(): Promise<readonly RigReplica[]> {
    const { id } = await this.primary();
    return this.replicas.filter((replica) => replica.id !== id);
  }

  /** The replica with this id. */
  replica(id: string): RigReplica {
    const found = this.replicas.find((replica) => replica.id === id);
    if (found === undefined) throw new Error(`there is no replica ${id}`);
    return found;
  }

  /** All processes, the gateways last. */
  get processes(): readonly RigProcess[] {
    return [...this.replicas, ...this.gateways].map((each) => each.process);
  }

  /** Returns when every gateway that runs serves, after a start or a restart of everything. */
  async ready(): Promise<void> {
    const running = this.gateways.filter(({ process }) => process.isRunning);
    await Promise.all(running.map((gateway) => this.#readyAt(gateway)));
  }

  /** Ends everything and removes the folder (QUORATE_TEST_KEEP=1 leaves it for a look). */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await Promise.all(this.processes.map((each) => each.stop()));
    folders.delete(this.folder.path);
    removeFolder(this.folder.path);
  }

  #readyAt({ url, process }: RigGateway): Promise<void> {
    return waitUntilReady({
      apiUrl: url,
      viewerToken: this.tokens.viewer,
      replicaIds: this.replicas.map((replica) => replica.id),
      timeoutMs: readyMsMax,
      logOf: (id) => (id === "api" ? process.log : this.folder.log(id)),
      onProgress: () => undefined,
      signal: AbortSignal.timeout(2 * readyMsMax),
    });
  }
}

function removeFolder(path: string): void {
  if (process.env["QUORATE_TEST_KEEP"] === "1") console.log(`kept ${path}`);
  else rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Makes keys and configuration for a cluster, and starts nothing. */
export async function createTestCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const folder = devFolderAt(mkdtempSync(join(tmpdir(), "quorate-test-")));
  folders.add(folder.path);
  const { replicas = 3, gateways = 1, checkpoints } = options;
  const [apiPort = 0, ...otherPorts] = await findFreePorts(gateways);
  const cluster = await createCluster(folder, {
    replicas,
    gateways,
    portsTaken: [apiPort, ...otherPorts],
    ...(checkpoints === undefined ? {} : { checkpoints }),
  });
  const plan = await planProcesses(folder, cluster, [apiPort, ...otherPorts]);
  const environmentOf = options.environment ?? (() => ({}));
  const audience = audienceOf(cluster.clusterIdHex);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const rigGateway = ({ url, spec }: ApiPlan): RigGateway => {
    return { url, process: new RigProcess(spec, environmentOf(spec.id)) };
  };
  return new Cluster({
    folder,
    tokens: await mintDevTokens(folder.issuerKeyFile, audience, nowSeconds),
    replicas: plan.replicas.map(({ id, port, metricsPort, spec }) => ({
      id,
      process: new RigProcess(spec, environmentOf(id)),
      port,
      metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
      dataFolder: folder.dataFolder(id),
      configFile: folder.configFile(id),
    })),
    gateway: rigGateway(plan.api),
    otherGateways: plan.otherApis.map(rigGateway),
  });
}

/** A cluster that serves. Throws, with nothing left, when it does not come up. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await createTestCluster(options);
  try {
    for (const each of cluster.processes) each.start();
    await cluster.ready();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
