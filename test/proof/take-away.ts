import type { Cluster, RigReplica } from "../integration/rig/cluster.ts";

/**
 * Kills a replica with SIGKILL and returns when the gateway knows. What the gateway heard from it
 * before must not be taken for its return: who needs the replica whole before the next fault would
 * wait for nothing.
 */
export async function takeAway(cluster: Cluster, { id, process }: RigReplica): Promise<void> {
  await process.kill();
  await cluster.lookUntil(`${id} is seen to be away`, ({ members }) =>
    members.some((member) => member.id === id && member.status !== "normal"),
  );
}
