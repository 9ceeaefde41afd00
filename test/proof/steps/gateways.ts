/** The same calls with the same ids by one gateway after the other, while the primary is killed. */
import type { Prng } from "@quorate/prelude";
import { type Cluster, createTestCluster } from "../../integration/rig/cluster.ts";
import { numberIn } from "../../integration/rig/answer.ts";
import { untilDone } from "../../integration/rig/retry.ts";
import { all, amount, type Figure, none } from "../figures.ts";
import {
  ackCall,
  dequeueCall,
  enqueueCall,
  makeQueue,
  queue,
  type SharedCall,
} from "../gateways/calls.ts";
import { Effects } from "../gateways/effects.ts";
import { type Desk, liveFor, openDesk } from "../gateways/gateway-life.ts";
import { type Effort, type ProofStep, shareOf } from "../step.ts";

const livesInFull = 1_000;
/** Lives at the same time, each under a key of its own. */
const desks = 6;
const callsPerLife = 12;
/** One life in so many ends while its calls are under way. */
const suddenOneIn = 3;
/** The primary is killed after so many lives. */
const livesPerKill = 60;
/** Different enqueues for each life: so each is made by about ten of them. */
const enqueuesPerLife = 0.6;
const dequeuesPerLife = 0.15;
const livesPerLine = 100;

class Trial {
  readonly effects = new Effects();
  lives = 0;
  kills = 0;
  messages = 0;
  private readonly cluster: Cluster;
  private readonly effort: Effort;
  private readonly wanted: number;
  private readonly random: Prng;

  constructor(cluster: Cluster, effort: Effort) {
    this.cluster = cluster;
    this.effort = effort;
    this.wanted = shareOf(livesInFull, effort);
    this.random = effort.random;
  }

  async run(): Promise<void> {
    const { cluster } = this;
    // The first key is that of the gateway's process, which shows what the cluster does.
    const open = Array.from({ length: desks }, (_, index) => openDesk(cluster.folder, index + 1));
    const [first, ...others] = await Promise.all(open);
    if (first === undefined) throw new Error("there is no desk");
    const making = { name: "make the queue", operation: makeQueue };
    await liveFor(first, [making], { effects: new Effects(), answersMax: 1 });
    await Promise.all([first, ...others].map((desk) => this.liveInTurn(desk)));
    const every = Array.from({ length: this.enqueues }, (_, number) => enqueueCall(number));
    await liveFor(first, every, { effects: this.effects, answersMax: Infinity });
    this.messages = await messagesEver(cluster);
  }

  figures(): readonly Figure[] {
    const { answers, repeats, duplicates, evidence } = this.effects;
    for (const line of evidence) console.log(`BROKEN: ${line}`);
    return [
      amount("gateways, one after the other, that repeat calls", this.lives, this.wanted),
      amount("gateways: answers of calls that were done before", repeats, Math.ceil(answers / 2)),
      amount("gateways: acks among the calls", this.effects.countOf("ack"), 1),
      amount(
        "gateways: kills of the primary meanwhile",
        this.kills,
        Math.floor(this.wanted / livesPerKill),
      ),
      all("gateways: messages of all enqueues", this.messages, this.enqueues),
      none("gateways: effects done twice or told in two ways", duplicates),
    ];
  }

  /** Different enqueues. */
  private get enqueues(): number {
    return Math.ceil(this.wanted * enqueuesPerLife);
  }

  private async liveInTurn(desk: Desk): Promise<void> {
    while (this.lives < this.wanted && performance.now() < this.effort.lastMs) {
      this.lives += 1;
      const life = this.lives;
      const isSudden = this.random.below(suddenOneIn) === 0;
      const answersMax = isSudden ? this.random.between(1, callsPerLife - 1) : Infinity;
      await liveFor(desk, this.drawCalls(), { effects: this.effects, answersMax });
      if (life % livesPerLine === 0) console.log(`${life} of ${this.wanted} gateways`);
      if (life % livesPerKill === 0) await this.killPrimary();
    }
  }

  private drawCalls(): readonly SharedCall[] {
    const { random, wanted, effects } = this;
    return Array.from({ length: callsPerLife }, () => {
      const kind = random.below(3);
      if (kind === 0 && effects.leases.length > 0) return ackCall(random.pick(effects.leases));
      if (kind === 1) return dequeueCall(random.below(Math.ceil(wanted * dequeuesPerLife)));
      return enqueueCall(random.below(this.enqueues));
    });
  }

  private async killPrimary(): Promise<void> {
    const { process } = await this.cluster.primary();
    await process.kill();
    this.kills += 1;
    process.start();
    await this.cluster.whole();
  }
}

/** Messages that the queue has ever taken: the next one's number says it. */
async function messagesEver(cluster: Cluster): Promise<number> {
  const client = cluster.client("admin");
  const path = `/v1/queues/${queue}/enqueue`;
  const { body } = await untilDone(() => client.post(path, { body: "last", dedupId: "last" }));
  return numberIn(body, "seq") - 1;
}

/** See the file. */
export const gateways: ProofStep = {
  name: "gateways",
  what: "the same calls by one gateway after the other, while the primary is killed",
  minutes: 2,
  run: async (effort) => {
    const cluster = await createTestCluster({ gateways: desks + 1 });
    try {
      for (const { process } of cluster.replicas) process.start();
      cluster.api.start();
      await cluster.ready();
      const trial = new Trial(cluster, effort);
      await trial.run();
      return trial.figures();
    } finally {
      await cluster.stop();
    }
  },
};
