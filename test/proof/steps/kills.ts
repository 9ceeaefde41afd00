/** SIGKILL of processes under load: one replica, two of three at once, or the gateway. */
import { atMost, type Figure, percentile } from "../figures.ts";
import { type Round, runTrial, type Trial } from "../rounds.ts";
import { type Effort, lastFor, type ProofStep } from "../step.ts";

/** How long a killed process stays away, at most. */
const outageMsMax = 1_500;

/** SIGKILL of the primary to the next acknowledgement of a call that began after it. */
const gapMsMax = 400;
/** The same in a share of the proof, which may run beside other work: one timer more. */
const gapMsMaxInShare = 1_000;

type Victim = "primary" | "backup" | "two" | "gateway";

/** Out of 20 rounds. */
const victims: readonly Victim[] = [
  ...Array.from({ length: 10 }, () => "primary" as const),
  ...Array.from({ length: 6 }, () => "backup" as const),
  "two",
  "two",
  "gateway",
  "gateway",
];

class Kills implements Trial {
  readonly name = "kills";
  readonly unit = "kill -9 rounds under load";
  readonly rounds = 100;
  readonly #gapsMs: number[] = [];

  async strike(round: Round): Promise<void> {
    const victim = round.random.pick(victims);
    switch (victim) {
      case "primary":
        return this.#killPrimary(round);
      case "backup":
        return killBackup(round);
      case "two":
        return killTwo(round);
      case "gateway":
        return killGateway(round);
    }
  }

  figures({ share }: Effort): readonly Figure[] {
    const max = share >= 1 ? gapMsMax : gapMsMaxInShare;
    const name = `SIGKILL of the primary to the next acknowledgement, p50 of ${this.#gapsMs.length}`;
    return [atMost(name, percentile(this.#gapsMs, 0.5), max, "ms")];
  }

  async #killPrimary({ cluster, load, random }: Round): Promise<void> {
    const { process } = await cluster.primary();
    process.signal("SIGKILL");
    this.#gapsMs.push(await load.timeToAcknowledgement());
    await process.ended();
    await lastFor(random.below(outageMsMax));
    process.start();
    await cluster.whole();
  }
}

async function killBackup({ cluster, random }: Round): Promise<void> {
  const { process } = random.pick(await cluster.backups());
  await process.kill();
  await lastFor(random.below(outageMsMax));
  process.start();
  await cluster.whole();
}

/** The primary, and its successor or a backup a moment later: no quorum is left for a while. */
async function killTwo({ cluster, random }: Round): Promise<void> {
  const first = await cluster.primary();
  const second = random.pick(await cluster.backups());
  await first.process.kill();
  await lastFor(random.below(outageMsMax));
  await second.process.kill();
  for (const { process } of random.shuffle([first, second])) {
    await lastFor(random.below(outageMsMax));
    process.start();
  }
  await cluster.whole();
}

async function killGateway({ cluster, random }: Round): Promise<void> {
  await cluster.api.kill();
  await lastFor(random.below(outageMsMax));
  cluster.api.start();
  await cluster.whole();
}

/** See the file. */
export const kills: ProofStep = {
  name: "kills",
  what: "SIGKILL of replicas and of the gateway, under load",
  minutes: 9,
  run: (effort) => runTrial(new Kills(), effort),
};
