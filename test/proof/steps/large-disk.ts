/** A disk of 100 MB is erased while calls go on: how long until its member counts again. */
import { rmSync } from "node:fs";
import { type Cluster, startCluster } from "../../integration/rig/cluster.ts";
import type { RestClient } from "../../integration/rig/rest-client.ts";
import { untilDone } from "../../integration/rig/retry.ts";
import { amount, atMost, type Figure } from "../figures.ts";
import type { Effort, ProofStep } from "../step.ts";
import { takeAway } from "../take-away.ts";

/** 100 MB of waiting messages, in batches near the contract's largest. */
const bodyBytes = 10_000;
const messagesPerBatch = 400;
const batches = 25;

/** From the start of the process without a disk until it has a certified state and the log above. */
const backMsMax = 10_000;
/** The longest that a call may take meanwhile: its member is taken back by two view changes. */
const callMsMax = 3_000;
const callsMin = 50;

async function run(effort: Effort): Promise<readonly Figure[]> {
  const cluster = await startCluster();
  try {
    const admin = cluster.client("admin", 2);
    for (const queue of ["large", "meanwhile"]) {
      await untilDone(() => admin.put(`/v1/queues/${queue}`, {}));
    }
    await fill(admin);
    const lost = effort.random.pick(await cluster.backups());
    const calls = new CallsInTurn(admin);
    const calling = calls.run();
    const backMs = await eraseAndWait(cluster, lost.id);
    calls.finish();
    await calling;
    return [
      atMost("100 MB erased: until its member counts again", backMs, backMsMax, "ms"),
      amount("100 MB erased: calls answered meanwhile", calls.durationsMs.length, callsMin),
      atMost("100 MB erased: longest call", Math.max(...calls.durationsMs), callMsMax, "ms"),
    ];
  } finally {
    await cluster.stop();
  }
}

async function fill(admin: RestClient): Promise<void> {
  const body = "x".repeat(bodyBytes);
  for (let batch = 0; batch < batches; batch++) {
    const messages = Array.from({ length: messagesPerBatch }, (_, index) => {
      return { body, dedupId: `large-${batch}-${index}` };
    });
    await untilDone(() => admin.post("/v1/queues/large/enqueue/batch", { messages }));
  }
}

async function eraseAndWait(cluster: Cluster, id: string): Promise<number> {
  const lost = cluster.replica(id);
  await takeAway(cluster, lost);
  rmSync(lost.dataFolder, { recursive: true });
  const startedMs = performance.now();
  lost.process.start();
  await cluster.whole();
  return performance.now() - startedMs;
}

/** One caller that makes a call after the other, and remembers how long each took. */
class CallsInTurn {
  readonly durationsMs: number[] = [];
  readonly #client: RestClient;
  #isDone = false;

  constructor(client: RestClient) {
    this.#client = client;
  }

  async run(): Promise<void> {
    for (let number = 0; !this.#isDone; number++) {
      const call = { body: number, dedupId: `meanwhile-${number}` };
      const begin = performance.now();
      await untilDone(() => this.#client.post("/v1/queues/meanwhile/enqueue", call));
      this.durationsMs.push(performance.now() - begin);
    }
  }

  finish(): void {
    this.#isDone = true;
  }
}

/** See the file. */
export const largeDisk: ProofStep = {
  name: "large-disk",
  what: "a disk of 100 MB is erased while calls go on",
  minutes: 0.5,
  run,
};
