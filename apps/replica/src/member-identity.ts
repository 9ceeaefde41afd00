/** Who this process is: the cluster it belongs to, its place in it and its key. */
import { readFile } from "node:fs/promises";
import {
  readKeyFile,
  readSecretFile,
  reasonAgainstConfigKeys,
  SecretFileError,
} from "@quorate/identity";
import type { Signer } from "@quorate/ports";
import { type ClusterConfig, ClusterFileError, parseClusterFile } from "@quorate/protocol";
import { type Config, ConfigError } from "./config.ts";

export interface MemberIdentity {
  readonly cluster: ClusterConfig;
  /** Index of this member in the configuration. */
  readonly index: number;
  /** Its scrypt takes a third of a second, on a thread. Rejects with KeyFileError. */
  readonly signer: Promise<Signer>;
}

/** Throws ConfigError. The key is being derived when this resolves. */
export async function readIdentity(config: Config): Promise<MemberIdentity> {
  const cluster = await readCluster(config.clusterFile);
  const index = cluster.members.findIndex((member) => member.id === config.replicaId);
  if (index === -1) throw new ConfigError(`the cluster has no member ${config.replicaId}`);
  const passphrase = (await named(() => readSecretFile(config.passphraseFile))).trim();
  const { clusterId } = cluster;
  const use = { purpose: "replica", clusterId, passphrase } as const;
  const signer = readKeyFile(config.keyFile, use);
  // Whoever awaits it hears of a failure; until then it is nobody's unhandled rejection.
  signer.catch(() => undefined);
  return { cluster, index, signer };
}

async function readCluster(path: string): Promise<ClusterConfig> {
  const cluster = await parseCluster(path);
  const reason = reasonAgainstConfigKeys(cluster);
  if (reason !== null) throw new ConfigError(`${path}: ${reason}`);
  return cluster;
}

async function parseCluster(path: string): Promise<ClusterConfig> {
  const text = await named(() => readFile(path, "utf8"));
  try {
    return parseClusterFile(text);
  } catch (cause) {
    if (!(cause instanceof ClusterFileError)) throw cause;
    throw new ConfigError(`${path}: ${cause.message}`, { cause });
  }
}

/** What is wrong with a file that the configuration names is wrong with the configuration. */
async function named(read: () => string | Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (cause) {
    const isOfMachine = cause instanceof Error && "code" in cause && cause.code === "EMFILE";
    const isOfSecret = cause instanceof SecretFileError;
    if (isOfMachine || isOfSecret || !(cause instanceof Error)) throw cause;
    throw new ConfigError(cause.message, { cause });
  }
}
