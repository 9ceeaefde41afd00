/**
 * A configuration as a JSON file that people can read: keys and ids in hexadecimal.
 *
 * Canonical bytes and the digest come from the decoded configuration, never from the JSON.
 */
import { hexDecode, hexEncode } from "@quorate/prelude";
import {
  type ClusterConfig,
  clusterIdBytes,
  type KeyHolder,
  type Member,
  publicKeyBytes,
  reasonAgainstConfig,
} from "./cluster-config.ts";
import { asEpoch } from "./numbers.ts";

/** A cluster file that does not say what it must. */
export class ClusterFileError extends Error {
  override readonly name = "ClusterFileError";
}

export function formatClusterFile(config: ClusterConfig): string {
  const holder = ({ id, publicKey }: KeyHolder) => ({ id, publicKey: hexEncode(publicKey) });
  const file = {
    clusterId: hexEncode(config.clusterId),
    epoch: config.epoch,
    pipelineMax: config.pipelineMax,
    checkpointOps: config.checkpointOps,
    checkpointBytes: config.checkpointBytes,
    createdAtMs: config.createdAtMs,
    members: config.members.map(({ id, address, role, publicKey }) => ({
      id,
      address,
      role,
      publicKey: hexEncode(publicKey),
    })),
    gateways: config.gateways.map(holder),
    operators: config.operators.map(holder),
    operatorThreshold: config.operatorThreshold,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Throws ClusterFileError with what is wrong. */
export function parseClusterFile(json: string): ClusterConfig {
  const file = objectIn(parseJson(json), "file");
  const config: ClusterConfig = {
    clusterId: hexField(file, "clusterId", clusterIdBytes),
    epoch: asEpoch(numberField(file, "epoch")),
    pipelineMax: numberField(file, "pipelineMax"),
    checkpointOps: numberField(file, "checkpointOps"),
    checkpointBytes: numberField(file, "checkpointBytes"),
    createdAtMs: numberField(file, "createdAtMs"),
    members: listField(file, "members").map(memberIn),
    gateways: listField(file, "gateways").map(holderIn),
    operators: listField(file, "operators").map(holderIn),
    operatorThreshold: numberField(file, "operatorThreshold"),
  };
  const reason = reasonAgainstConfig(config);
  if (reason !== null) throw new ClusterFileError(reason);
  return config;
}

type Fields = Readonly<Record<string, unknown>>;

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new ClusterFileError("not JSON", { cause });
  }
}

function memberIn(value: unknown): Member {
  const fields = objectIn(value, "member");
  const role = textField(fields, "role");
  if (role !== "voter" && role !== "learner") throw new ClusterFileError(`role "${role}"`);
  return { ...holderIn(value), address: textField(fields, "address"), role };
}

function holderIn(value: unknown): KeyHolder {
  const fields = objectIn(value, "key holder");
  return { id: textField(fields, "id"), publicKey: hexField(fields, "publicKey", publicKeyBytes) };
}

function objectIn(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ClusterFileError(`${what} is not an object`);
  }
  return value as Fields;
}

function listField(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new ClusterFileError(`${name} is not a list`);
  return value;
}

function textField(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value === "") throw new ClusterFileError(`${name} is no text`);
  return value;
}

function numberField(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new ClusterFileError(`${name} is not a whole number`);
  }
  return value;
}

function hexField(fields: Fields, name: string, length: number): Uint8Array {
  const bytes = hexDecode(textField(fields, name));
  if (bytes === null || bytes.length !== length) {
    throw new ClusterFileError(`${name} is not ${length} bytes of hexadecimal`);
  }
  return bytes;
}
