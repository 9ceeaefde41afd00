/** Disks that are erased under load: their members are taken back, and needed soon after. */
import { rmSync } from "node:fs";
import type { Cluster, RigReplica } from "../../integration/rig/cluster.ts";
import { type Round, runTrial, type Trial } from "../rounds.ts";
import { lastFor, type ProofStep } from "../step.ts";
import { takeAway } from "../take-away.ts";

/** How often another process dies while the member is on its way back, with its disk left. */
const disturbedShare = 0.3;
/** When it dies after the member's start, at most. */
const disturbanceMsMax = 1_500;

/** Acknowledged by a quorum of two with the member that was taken back in it. */
const messagesByTwo = 100;

class LostDisks implements Trial {
  readonly name = "lost-disks";
  readonly unit = "disks erased under load";
  readonly rounds = 20;

  async strike({ cluster, load, random }: Round): Promise<void> {
    const lost = random.pick(cluster.replicas);
    const others = cluster.replicas.filter(({ id }) => id !== lost.id);
    await eraseDisk(cluster, lost);
    if (random.chance(disturbedShare)) {
      const { process } = random.pick(others);
      await lastFor(random.below(disturbanceMsMax));
      await process.kill();
      process.start();
    }
    await cluster.whole();
    const { process } = random.pick(others);
    await process.kill();
    await load.untilAcknowledged(messagesByTwo);
    process.start();
    await cluster.whole();
  }

  figures() {
    return [];
  }
}

async function eraseDisk(cluster: Cluster, lost: RigReplica): Promise<void> {
  // Nobody else's disk may go, nor may the others be too few, until it is taken back.
  await takeAway(cluster, lost);
  rmSync(lost.dataFolder, { recursive: true });
  lost.process.start();
}

/** See the file. */
export const lostDisks: ProofStep = {
  name: "lost-disks",
  what: "disks that are erased; each member is taken back, and then needed",
  minutes: 4,
  run: (effort) => runTrial(new LostDisks(), effort),
};
