/** The dev cluster's birth certificate: keys, passphrases and the configuration that names them. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import {
  createKeyFile,
  KeyFileError,
  type KeyPurpose,
  nodeCrypto,
  readKeyFile,
  readSecretFile,
} from "@quorate/identity";
import { formatFolder } from "@quorate/journal";
import { bytesEqual, hexEncode } from "@quorate/prelude";
import {
  asEpoch,
  type ClusterConfig,
  clusterIdBytes,
  ClusterFileError,
  digestClusterConfig,
  formatClusterFile,
  parseClusterFile,
} from "@quorate/protocol";
import { firstSuperblock } from "@quorate/vsr";
import type { DevFolder } from "./dev-folder.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { findFreePorts, loopback } from "./ports.ts";
import { writePrivateFile } from "./private-file.ts";
import { createIssuerKey } from "./tokens.ts";

/** Replicas of a dev cluster unless asked otherwise: the fewest of which one may stop. */
export const replicasDefault = 3;

/** The gateways of a dev cluster, as its configuration names them. */
const gatewayIdOf = (index: number): string => `g${index}`;

/** The operator of a dev cluster. One of one must sign: convenient here, wrong in production. */
export const operatorId = "o0";

/** Entries in flight: enough that the next is sent while one waits for fsync and for the network. */
const pipelineMax = 32;

/** When checkpoints are due: what a restart has to execute again, and what stays in memory. */
export type CheckpointLimits = Pick<ClusterConfig, "checkpointOps" | "checkpointBytes">;

const checkpointLimits: CheckpointLimits = {
  checkpointOps: 8_192,
  checkpointBytes: 64 * 1024 * 1024,
};

/** Each takes 128 MiB while scrypt runs (identity's key-file.ts). */
const keysAtOnce = 2;

/** What a new cluster is to be. */
export interface ClusterShape {
  readonly replicas: number;
  /** Gateways with a key of their own; one unless said otherwise. */
  readonly gateways?: number;
  /** None of the replicas gets one of these. */
  readonly portsTaken: readonly number[];
  readonly checkpoints?: CheckpointLimits;
}

/** What the rest of `npm start` needs to know of the cluster. */
export interface DevCluster {
  readonly clusterIdHex: string;
  /** Ids of the gateways, at least one. */
  readonly gateways: readonly string[];
  readonly replicas: readonly {
    readonly id: string;
    readonly index: number;
    readonly port: number;
  }[];
}

interface KeyHolder {
  readonly id: string;
  readonly purpose: KeyPurpose;
}

/**
 * Makes the keys and the configuration of a new cluster in an empty folder. The cluster file is
 * written last: until then there is no cluster.
 */
export async function createCluster(folder: DevFolder, shape: ClusterShape): Promise<DevCluster> {
  mkdirSync(folder.keysFolder, { recursive: true, mode: 0o700 });
  const clusterId = new Uint8Array(randomBytes(clusterIdBytes));
  const ports = await findFreePorts(shape.replicas, shape.portsTaken);
  const members = ports.map((port, index) => ({ id: `r${index}`, port }));
  const gateways = Array.from({ length: shape.gateways ?? 1 }, (_, index) => gatewayIdOf(index));
  const holdersNamed = holdersOf({ members, gateways: gateways.map((id) => ({ id })) });
  const publicKeys = await inTurns(holdersNamed, async ({ id, purpose }) => {
    const passphrase = hexEncode(randomBytes(32));
    writePrivateFile(folder.passphraseFile(id), passphrase);
    const signer = await createKeyFile(folder.keyFile(id), { purpose, clusterId, passphrase });
    return signer.publicKey;
  });
  const holders = holdersNamed.map(({ id, purpose }, index) => {
    return { id, purpose, publicKey: publicKeys[index] ?? new Uint8Array() };
  });
  const withPurpose = (purpose: KeyPurpose) =>
    holders.filter((holder) => holder.purpose === purpose);
  const config: ClusterConfig = {
    clusterId,
    epoch: asEpoch(0),
    pipelineMax,
    ...(shape.checkpoints ?? checkpointLimits),
    createdAtMs: Date.now(),
    members: withPurpose("replica").map(({ id, publicKey }, index) => {
      const address = `http://${loopback}:${ports[index]}`;
      return { id, address, publicKey, role: "voter" as const };
    }),
    gateways: withPurpose("gateway").map(({ id, publicKey }) => ({ id, publicKey })),
    operators: withPurpose("operator").map(({ id, publicKey }) => ({ id, publicKey })),
    operatorThreshold: 1,
  };
  await createIssuerKey(folder.issuerKeyFile, folder.issuerKeySetFile);
  await formatMembers(folder, config);
  writePrivateFile(folder.clusterFile, formatClusterFile(config));
  return describe(config);
}

/** Gives each member the folder of one that has promised nothing yet. */
async function formatMembers(folder: DevFolder, config: ClusterConfig): Promise<void> {
  const { sha256 } = nodeCrypto;
  const genesis = { config, configDigest: digestClusterConfig(config, sha256), sha256 };
  for (const [index, { id }] of config.members.entries()) {
    const superblock = firstSuperblock(genesis, index);
    await formatFolder({ directory: folder.dataFolder(id), superblock, sha256 });
  }
}

/**
 * Reads the cluster that a folder holds, and makes sure that every key opens and is the one that
 * the configuration names. Throws Failure `damagedFile` with the file that is not what it was.
 */
export async function openCluster(folder: DevFolder): Promise<DevCluster> {
  const config = readConfig(folder.clusterFile);
  const named = new Map(
    [...config.members, ...config.gateways, ...config.operators].map((each) => [each.id, each]),
  );
  await inTurns(holdersOf(config), async ({ id, purpose }) => {
    const passphrase = readPassphrase(folder.passphraseFile(id));
    const path = folder.keyFile(id);
    const use = { purpose, clusterId: config.clusterId, passphrase };
    const signer = await readKeyFile(path, use).catch((error: unknown) => {
      if (error instanceof KeyFileError) throw damaged(path, error);
      throw error;
    });
    const publicKey = named.get(id)?.publicKey ?? new Uint8Array();
    if (!bytesEqual(signer.publicKey, publicKey)) {
      throw damaged(path, new Error("the cluster knows another key"));
    }
  });
  return describe(config);
}

interface Named {
  readonly id: string;
}

/** Every holder of a key: the replicas, the gateways, one operator. */
function holdersOf(of: {
  readonly members: readonly Named[];
  readonly gateways: readonly Named[];
}): readonly KeyHolder[] {
  return [
    ...of.members.map(({ id }) => ({ id, purpose: "replica" as const })),
    ...of.gateways.map(({ id }) => ({ id, purpose: "gateway" as const })),
    { id: operatorId, purpose: "operator" },
  ];
}

function describe(config: ClusterConfig): DevCluster {
  const replicas = config.members.map(({ id, address }, index) => {
    return { id, index, port: Number(new URL(address).port) };
  });
  const gateways = config.gateways.map(({ id }) => id);
  return { clusterIdHex: hexEncode(config.clusterId), gateways, replicas };
}

function readConfig(path: string): ClusterConfig {
  const text = readFileSync(path, "utf8");
  try {
    return parseClusterFile(text);
  } catch (error) {
    if (error instanceof ClusterFileError) throw damaged(path, error);
    throw error;
  }
}

function readPassphrase(path: string): string {
  try {
    return readSecretFile(path);
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function damaged(path: string, cause: unknown): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const line = `cannot use ${path} (${reason}); put it back, or begin anew with --fresh`;
  return new Failure(exitCodes.damagedFile, line, { cause });
}

/** The results of an asynchronous function on every item, in order, a few items at a time. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let begin = 0; begin < items.length; begin += keysAtOnce) {
    results.push(...(await Promise.all(items.slice(begin, begin + keysAtOnce).map(work))));
  }
  return results;
}
