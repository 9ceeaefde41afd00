/** SIGSTOP and SIGCONT under load: a member that is silent, and then believes it is still then. */
import { type Round, runTrial, type Trial } from "../rounds.ts";
import { lastFor, type ProofStep } from "../step.ts";

/** From less than a heartbeat to much more than a view change, in milliseconds. */
const frozenMsMin = 50;
const frozenMsMax = 4_000;

class Freezes implements Trial {
  readonly name = "freezes";
  readonly unit = "SIGSTOP and SIGCONT of members under load";
  readonly rounds = 30;

  async strike({ cluster, random }: Round): Promise<void> {
    const { process } = random.chance(0.7)
      ? await cluster.primary()
      : random.pick(await cluster.backups());
    process.signal("SIGSTOP");
    await lastFor(random.between(frozenMsMin, frozenMsMax));
    process.signal("SIGCONT");
    await cluster.whole();
  }

  figures() {
    return [];
  }
}

/** See the file. */
export const freezes: ProofStep = {
  name: "freezes",
  what: "members that freeze and wake, under load",
  minutes: 3,
  run: (effort) => runTrial(new Freezes(), effort),
};
