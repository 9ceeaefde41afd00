/** Who this process is: the cluster it belongs to, its place in it and its key. */
import { readFile } from "node:fs/promises";
import { readKeyFile, reasonAgainstConfigKeys } from "@quorate/identity";
import type { Signer } from "@quorate/ports";
import { type ClusterConfig, ClusterFileError, parseClusterFile } from "@quorate/protocol";
import { type Config, ConfigError } from "./config.ts";

export interface MemberIdentity {
  readonly cluster: ClusterConfig;
  /** Index of this member in the configuration. */
  readonly index: number;
  readonly signer: Signer;
}

/** Throws ConfigError and KeyFileError. The key's scrypt takes a third of a second, on a thread. */
export async function readIdentity(config: Config): Promise<MemberIdentity> {
  const cluster = await readCluster(config.clusterFile);
  const index = cluster.members.findIndex((member) => member.id === config.replicaId);
  if (index === -1) throw new ConfigError(`the cluster has no member ${config.replicaId}`);
  const passphrase = (await readFile(config.passphraseFile, "utf8")).trim();
  const { clusterId } = cluster;
  const use = { purpose: "replica", clusterId, passphrase } as const;
  return { cluster, index, signer: await readKeyFile(config.keyFile, use) };
}

async function readCluster(path: string): Promise<ClusterConfig> {
  const cluster = await parseCluster(path);
  const reason = reasonAgainstConfigKeys(cluster);
  if (reason !== null) throw new ConfigError(`${path}: ${reason}`);
  return cluster;
}

async function parseCluster(path: string): Promise<ClusterConfig> {
  try {
    return parseClusterFile(await readFile(path, "utf8"));
  } catch (cause) {
    if (!(cause instanceof ClusterFileError)) throw cause;
    throw new ConfigError(`${path}: ${cause.message}`, { cause });
  }
}
