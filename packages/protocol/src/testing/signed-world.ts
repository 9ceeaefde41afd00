/** Configurations whose members sign with keyed hashes, for tests of statements. */
import { bytesConcat, bytesEqual, hexEncode, present, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import type { AdmissionContext } from "../admission.ts";
import {
  type ClusterConfig,
  digestClusterConfig,
  keyIdOf,
  type Member,
} from "../cluster-config.ts";
import type { Message, SenderRole } from "../messages.ts";
import { asEpoch, asView } from "../numbers.ts";
import { signMessage, type StatementPlace, type StatementSigner } from "../statement.ts";

/** One gateway, one operator, and members with these roles. */
export function signedConfigWith(roles: readonly Member["role"][]): ClusterConfig {
  return {
    clusterId: sha256(utf8Encode("cluster")),
    epoch: asEpoch(3),
    pipelineMax: 8,
    checkpointOps: 64,
    checkpointBytes: 1_048_576,
    createdAtMs: 1_790_000_000_000,
    members: roles.map((role, index) => ({
      id: `replica-${index}`,
      address: `http://127.0.0.1:${7000 + index}`,
      publicKey: publicKeyOf("replica", index),
      role,
    })),
    gateways: [{ id: "gateway-0", publicKey: publicKeyOf("gateway", 0) }],
    operators: [{ id: "operator-0", publicKey: sha256(utf8Encode("operator")) }],
    operatorThreshold: 1,
  };
}

/** What is known to who judges the statements of a configuration's members. */
export function signedContextOf(config: ClusterConfig): AdmissionContext {
  return {
    config,
    configDigest: digestClusterConfig(config, sha256),
    sha256,
    verify: (publicKey, bytes, signature) => bytesEqual(sealed(publicKey, bytes), signature),
    incarnationOf: () => 4,
  };
}

/** View 7 of a configuration. */
export function signedPlaceOf({ config, configDigest }: AdmissionContext): StatementPlace {
  return { clusterId: config.clusterId, epoch: config.epoch, configDigest, view: asView(7) };
}

export const signedConfig: ClusterConfig = signedConfigWith(["voter", "voter", "learner"]);
export const signedContext: AdmissionContext = signedContextOf(signedConfig);
export const signedPlace: StatementPlace = signedPlaceOf(signedContext);

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
