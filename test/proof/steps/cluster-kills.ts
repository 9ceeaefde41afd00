/** SIGKILL of every replica at once, under load, and often of the gateway too. */
import { type Round, runTrial, type Trial } from "../rounds.ts";
import { lastFor, type ProofStep } from "../step.ts";

/** Between two starts after the outage, at most. */
const betweenStartsMsMax = 400;

class ClusterKills implements Trial {
  readonly name = "cluster-kills";
  readonly unit = "kill -9 of the whole cluster under load";
  readonly rounds = 20;

  async strike({ cluster, random }: Round): Promise<void> {
    const replicas = cluster.replicas.map(({ process }) => process);
    const killed = random.chance(0.5) ? cluster.processes : replicas;
    await Promise.all(killed.map((process) => process.kill()));
    for (const process of random.shuffle(killed)) {
      process.start();
      await lastFor(random.below(betweenStartsMsMax));
    }
    await cluster.whole();
  }

  figures() {
    return [];
  }
}

/** See the file. */
export const clusterKills: ProofStep = {
  name: "cluster-kills",
  what: "SIGKILL of the whole cluster at once, under load",
  minutes: 2,
  run: (effort) => runTrial(new ClusterKills(), effort),
};
