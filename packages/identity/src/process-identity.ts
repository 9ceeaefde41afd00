/** Who a process is: the cluster it belongs to, its place in it and its key. */
import { readFile } from "node:fs/promises";
import type { Signer } from "@quorate/ports";
import { type ClusterConfig, ClusterFileError, parseClusterFile } from "@quorate/protocol";
import { ConfigError } from "./config-file.ts";
import { reasonAgainstConfigKeys } from "./key-admission.ts";
import { readKeyFile } from "./key-file.ts";
import { readSecretFile, SecretFileError } from "./secret-file.ts";

/** Paths of the files that say who a process is. */
export interface IdentityFiles {
  readonly clusterFile: string;
  readonly keyFile: string;
  /** Of the key file; alone in a file. */
  readonly passphraseFile: string;
}

/** See the head of this file. */
export interface ProcessIdentity {
  readonly cluster: ClusterConfig;
  /** Index of the member or gateway in the configuration. */
  readonly index: number;
  /** Its scrypt takes a third of a second, on a thread. Rejects with KeyFileError. */
  readonly signer: Promise<Signer>;
}

/**
 * Rejects with ConfigError, and with SecretFileError about the passphrase. The key is being derived
 * when this resolves.
 */
export async function readIdentity(
  files: IdentityFiles,
  who: { readonly purpose: "replica" | "gateway"; readonly id: string },
): Promise<ProcessIdentity> {
  const { purpose, id } = who;
  const cluster = await readCluster(files.clusterFile);
  const { places, kind } = {
    replica: { places: cluster.members, kind: "member" },
    gateway: { places: cluster.gateways, kind: "gateway" },
  }[purpose];
  const index = places.findIndex((place) => place.id === id);
  if (index === -1) throw new ConfigError(`the cluster has no ${kind} ${id}`);
  const passphrase = (await named(() => readSecretFile(files.passphraseFile))).trim();
  const { clusterId } = cluster;
  const signer = readKeyFile(files.keyFile, { purpose, clusterId, passphrase });
  // Whoever awaits it hears of a failure; until then it is nobody's unhandled rejection.
  signer.catch(() => undefined);
  return { cluster, index, signer };
}

async function readCluster(path: string): Promise<ClusterConfig> {
  const cluster = clusterIn(await named(() => readFile(path, "utf8")), path);
  const reason = reasonAgainstConfigKeys(cluster);
  if (reason !== null) throw new ConfigError(`${path}: ${reason}`);
  return cluster;
}

function clusterIn(text: string, path: string): ClusterConfig {
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
