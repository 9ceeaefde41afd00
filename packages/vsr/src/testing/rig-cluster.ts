/** The configuration of a rig's cluster and what its members know when they judge a statement. */
import { utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  type AdmissionContext,
  asEpoch,
  type ClusterConfig,
  digestClusterConfig,
} from "@quorate/protocol";
import type { KeyedSignatures } from "./keyed-signatures.ts";

/** Two gateways, so that a session can be somebody else's. */
const gatewayCount = 2;

export function rigConfig(
  keys: KeyedSignatures,
  voterCount: number,
  limits: Pick<ClusterConfig, "pipelineMax" | "checkpointOps" | "checkpointBytes">,
): ClusterConfig {
  return {
    clusterId: sha256(utf8Encode("rig")),
    epoch: asEpoch(0),
    ...limits,
    createdAtMs: 0,
    members: Array.from({ length: voterCount }, (_, index) => ({
      id: `replica-${index}`,
      address: `rig://${index}`,
      publicKey: keys.publicKeyOf("replica", index),
      role: "voter",
    })),
    gateways: Array.from({ length: gatewayCount }, (_, index) => ({
      id: `gateway-${index}`,
      publicKey: keys.publicKeyOf("gateway", index),
    })),
    operators: [],
    operatorThreshold: 0,
  };
}

export function rigAdmission(config: ClusterConfig, keys: KeyedSignatures): AdmissionContext {
  return {
    config,
    configDigest: digestClusterConfig(config, sha256),
    sha256,
    verify: (publicKey, bytes, signature) => keys.verify(publicKey, bytes, signature),
    incarnationOf: () => 0,
  };
}
