import { type ClusterConfig, quorumOf, votersOf } from "@quorate/protocol";

/** Voters that must answer: more than half of the epoch's configuration (rule S1). */
export function quorumNeeded(config: ClusterConfig): number {
  return quorumOf(votersOf(config).length);
}
