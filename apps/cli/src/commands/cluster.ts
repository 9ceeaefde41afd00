/** `quorate cluster …`: what the gateway knows of the cluster, for people and for scripts. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { declareClusterHealth } from "./cluster/health.ts";
import { declareClusterInfo } from "./cluster/info.ts";
import { declareQuorumCritical } from "./cluster/quorum-critical.ts";

/** Declares the commands. */
export function declareCluster(parent: CommandUnknownOpts, cli: Cli): void {
  const cluster = parent.command("cluster").description("members, health, and whom you may stop");
  declareClusterInfo(cluster, cli);
  declareClusterHealth(cluster, cli);
  declareQuorumCritical(cluster, cli);
}
