/** Rot in one replica's files, at rest and while it runs; then the cluster needs that replica. */
import { existsSync, readFileSync } from "node:fs";
import type { RigReplica } from "../../integration/rig/cluster.ts";
import { amount, type Figure } from "../figures.ts";
import { flipBits } from "../rot.ts";
import { type Round, runTrial, type Trial } from "../rounds.ts";
import { type Effort, type ProofStep, shareOf } from "../step.ts";
import { takeAway } from "../take-away.ts";

const rounds = 10;
/** Half of them while the replica runs, half before it starts again. */
const flipsPerRound = 20;

/**
 * One of the two files of the superblock is spared in each round. With both of them rotten a
 * replica refuses to start, as it must: that is another promise (`refused-starts`).
 */
const superblockFiles = ["superblock-1", "superblock-2"] as const;

/** Acknowledged by the quorum of two that the damaged replica is in. */
const messagesByTwo = 100;

/** What a replica's log says of a start that found rot in its journal. */
const noticed = /the journal has unreadable records/g;

class BitFlips implements Trial {
  readonly name = "bit-flips";
  readonly unit = "rounds of bit flips in one replica's files, under load";
  readonly rounds = rounds;
  #flips = 0;
  #rotten: RigReplica | null = null;
  #noticed = 0;

  async strike({ cluster, load, random }: Round): Promise<void> {
    this.#rotten ??= random.pick(cluster.replicas);
    const { id, process, dataFolder } = this.#rotten;
    const spared = random.pick(superblockFiles);
    const flip = (): void => {
      this.#flips += flipBits(dataFolder, flipsPerRound / 2, spared, random);
    };
    flip();
    await load.untilAcknowledged(messagesByTwo);
    await takeAway(cluster, this.#rotten);
    flip();
    process.start();
    await cluster.whole();
    const other = random.pick(cluster.replicas.filter((replica) => replica.id !== id));
    await other.process.kill();
    await load.untilAcknowledged(messagesByTwo);
    other.process.start();
    await cluster.whole();
    const text = existsSync(process.log) ? readFileSync(process.log, "utf8") : "";
    this.#noticed = text.match(noticed)?.length ?? 0;
  }

  figures(effort: Effort): readonly Figure[] {
    const count = shareOf(rounds, effort);
    return [
      amount("bit-flips: bits flipped", this.#flips, count * flipsPerRound),
      amount("bit-flips: starts that noticed rot", this.#noticed, 1),
    ];
  }
}

/** See the file. */
export const bitFlips: ProofStep = {
  name: "bit-flips",
  what: "random bit flips in the files of one replica, which is then needed",
  minutes: 1.5,
  run: (effort) => runTrial(new BitFlips(), effort),
};
