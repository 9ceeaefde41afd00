/**
 * What must be equal on all replicas, and its digest.
 *
 * A configuration never changes; an epoch gives the cluster a new one. Members have permanent ids
 * that are never addresses and never used again.
 */
import { ByteWriter, hexEncode, type Sha256, utf8Encode } from "@quorate/prelude";
import { type Coded, fixed, list, oneOf, record, text, u16, u32, u64 } from "./codec.ts";
import { epochCodec } from "./entry.ts";
import { gatewaysMax, membersMax, nameBytesMax, operatorsMax, pipelineMaxLimit } from "./limits.ts";
import { asReplicaIndex, type GatewayIndex, type ReplicaIndex, type View } from "./numbers.ts";

/** Bytes of an ed25519 public key (RFC 8032). */
export const publicKeyBytes = 32;
/** Bytes of a key id: the first bytes of the public key's SHA-256. */
export const keyIdBytes = 8;
/** Random bytes that name a cluster for ever. */
export const clusterIdBytes = 32;

const memberCodec = record({
  id: text(nameBytesMax),
  /** `http://host:port` of the member's link server. */
  address: text(nameBytesMax),
  publicKey: fixed(publicKeyBytes),
  role: oneOf(["voter", "learner"]),
});
const keyHolderCodec = record({ id: text(nameBytesMax), publicKey: fixed(publicKeyBytes) });

export const clusterConfigCodec = record({
  clusterId: fixed(clusterIdBytes),
  epoch: epochCodec,
  /** Prepared entries that may wait for their commit; part of the digest by rule S9. */
  pipelineMax: u16,
  /** Ops between two checkpoints at most; in the digest, because all must take the same ones. */
  checkpointOps: u32,
  /** Bytes of entry bodies between two checkpoints, after which the next one is due. */
  checkpointBytes: u32,
  /** Wall clock at genesis, in milliseconds since 1970. */
  createdAtMs: u64,
  members: list(memberCodec, membersMax),
  gateways: list(keyHolderCodec, gatewaysMax),
  operators: list(keyHolderCodec, operatorsMax),
  operatorThreshold: u16,
});
export type ClusterConfig = Coded<typeof clusterConfigCodec>;
export type Member = ClusterConfig["members"][number];
export type KeyHolder = ClusterConfig["gateways"][number];

const configDomain = utf8Encode("quorate/1/configuration\0");

export function encodeClusterConfig(config: ClusterConfig): Uint8Array {
  const writer = new ByteWriter();
  clusterConfigCodec.encode(writer, config);
  return writer.finish();
}

export function digestClusterConfig(config: ClusterConfig, sha256: Sha256): Uint8Array {
  return sha256(configDomain, encodeClusterConfig(config));
}

/** Key ids by the key they are of: every statement needs one, and a configuration never changes. */
const knownKeyIds = new WeakMap<Uint8Array, Uint8Array>();

/** The first bytes of the public key's digest. */
export function keyIdOf(publicKey: Uint8Array, sha256: Sha256): Uint8Array {
  const known = knownKeyIds.get(publicKey);
  if (known !== undefined) return known;
  const keyId = sha256(publicKey).slice(0, keyIdBytes);
  knownKeyIds.set(publicKey, keyId);
  return keyId;
}

/** Voters come first in a configuration, so their indices are 0 to n - 1. */
export function votersOf(config: ClusterConfig): readonly Member[] {
  return config.members.filter((member) => member.role === "voter");
}

/** The primary of a view: a pure function, never elected. VRR §4. */
export function primaryOf(config: ClusterConfig, view: View): ReplicaIndex {
  return asReplicaIndex(view % votersOf(config).length);
}

export function memberAt(config: ClusterConfig, index: number): Member | null {
  return config.members[index] ?? null;
}

export function gatewayAt(config: ClusterConfig, index: GatewayIndex): KeyHolder | null {
  return config.gateways[index] ?? null;
}

/**
 * What is wrong with a configuration, or null. Ids and keys are unique, voters precede learners,
 * and every limit holds.
 */
export function reasonAgainstConfig(config: ClusterConfig): string | null {
  const { members, gateways, operators } = config;
  const holders = [...members, ...gateways, ...operators];
  if (votersOf(config).length === 0) return "no voter";
  if (members.length > membersMax) return "too many members";
  if (gateways.length > gatewaysMax) return "too many gateways";
  if (operators.length > operatorsMax) return "too many operators";
  if (config.pipelineMax < 1) return "pipelineMax is 0";
  if (config.pipelineMax > pipelineMaxLimit) return "pipelineMax is above its limit";
  if (config.checkpointOps < 1) return "checkpointOps is 0";
  if (config.checkpointBytes < 1) return "checkpointBytes is 0";
  const names = [...holders.map(({ id }) => id), ...members.map(({ address }) => address)];
  if (!names.every((name) => isName(name))) return "name cannot be encoded";
  if (new Set(holders.map((holder) => holder.id)).size !== holders.length) return "id used twice";
  const keys = new Set(holders.map((holder) => hexEncode(holder.publicKey)));
  if (keys.size !== holders.length) return "key used twice";
  const firstLearner = members.findIndex((member) => member.role === "learner");
  const lastVoter = members.findLastIndex((member) => member.role === "voter");
  if (firstLearner !== -1 && firstLearner < lastVoter) return "learner before voter";
  if (config.operatorThreshold > operators.length) return "threshold above the operators";
  return null;
}

/** Whether a configuration can hold the text: not empty, no lone surrogate, within the limit. */
function isName(name: string): boolean {
  return name !== "" && name.isWellFormed() && utf8Encode(name).length <= nameBytesMax;
}
