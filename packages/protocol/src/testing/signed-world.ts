/** A configuration whose members sign with keyed hashes, for tests of statements. */
import { bytesConcat, bytesEqual, hexEncode, present, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import type { AdmissionContext } from "../admission.ts";
import { type ClusterConfig, digestClusterConfig, keyIdOf } from "../cluster-config.ts";
import type { Message, SenderRole } from "../messages.ts";
import { asEpoch, asView } from "../numbers.ts";
import { signMessage, type StatementPlace, type StatementSigner } from "../statement.ts";

export const signedConfig: ClusterConfig = {
  clusterId: sha256(utf8Encode("cluster")),
  epoch: asEpoch(3),
  pipelineMax: 8,
  checkpointOps: 64,
  checkpointBytes: 1_048_576,
  createdAtMs: 1_790_000_000_000,
  members: (["voter", "voter", "learner"] as const).map((role, index) => ({
    id: `replica-${index}`,
    address: `http://127.0.0.1:${7000 + index}`,
    publicKey: publicKeyOf("replica", index),
    role,
  })),
  gateways: [{ id: "gateway-0", publicKey: publicKeyOf("gateway", 0) }],
  operators: [{ id: "operator-0", publicKey: sha256(utf8Encode("operator")) }],
  operatorThreshold: 1,
};

export const signedContext: AdmissionContext = {
  config: signedConfig,
  configDigest: digestClusterConfig(signedConfig, sha256),
  sha256,
  verify: (publicKey, bytes, signature) => bytesEqual(sealed(publicKey, bytes), signature),
  incarnationOf: () => 4,
};

export const signedPlace: StatementPlace = {
  clusterId: signedConfig.clusterId,
  epoch: signedConfig.epoch,
  configDigest: signedContext.configDigest,
  view: asView(7),
};

export function signerOf(role: SenderRole, index: number): StatementSigner {
  const publicKey = publicKeyOf(role, index);
  return {
    role,
    sender: index,
    keyId: keyIdOf(publicKey, sha256),
    incarnation: role === "replica" ? 4 : 0,
    sign: (bytes) => sealed(publicKey, bytes),
  };
}

/** A statement that passes, unless the place or the signer is changed. */
export function signed(
  message: Message,
  signer: StatementSigner = signerOf("replica", 0),
  place: StatementPlace = signedPlace,
): Uint8Array {
  return signMessage(message, place, signer, sha256);
}

function publicKeyOf(role: SenderRole, index: number): Uint8Array {
  return sha256(utf8Encode(`public ${role} ${index}`));
}

const secrets = new Map<string, Uint8Array>();

function sealed(publicKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  const name = hexEncode(publicKey);
  if (!secrets.has(name)) secrets.set(name, sha256(utf8Encode(`secret ${name}`)));
  const half = sha256(present(secrets.get(name)), bytes);
  return bytesConcat(half, half);
}
