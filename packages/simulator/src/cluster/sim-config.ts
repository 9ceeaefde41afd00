import { asEpoch, type ClusterConfig } from "@quorate/protocol";
import type { SwarmOptions } from "../run/swarm.ts";

/** The configuration of a simulated cluster. The gateway that lies, if there is one, is the last. */
export function simConfig(
  options: SwarmOptions,
  clusterId: Uint8Array,
  keyOf: (name: string) => Uint8Array,
): ClusterConfig {
  const { replicaCount, pipelineMax, checkpointOps, faults } = options;
  const gatewayCount = options.gatewayCount + (faults["gateway-lie"] === undefined ? 0 : 1);
  return {
    clusterId,
    epoch: asEpoch(0),
    pipelineMax,
    checkpointOps,
    checkpointBytes: 1_048_576,
    createdAtMs: 0,
    members: Array.from({ length: replicaCount }, (_, index) => ({
      id: `r${index}`,
      address: `sim://r${index}`,
      publicKey: keyOf(`r${index}`),
      role: "voter",
    })),
    gateways: Array.from({ length: gatewayCount }, (_, index) => ({
      id: `g${index}`,
      publicKey: keyOf(`g${index}`),
    })),
    operators: [],
    operatorThreshold: 0,
  };
}
