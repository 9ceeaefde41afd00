/** Rounds on a cluster of real processes: work begins, a fault strikes, all is settled, judged. */
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "@quorate/scripts/src/places.ts";
import type { Prng } from "@quorate/prelude";
import { type Cluster, startCluster } from "../integration/rig/cluster.ts";
import { promises, type PromiseName } from "./audit/broken-promise.ts";
import type { Ledger } from "./audit/ledger.ts";
import { all, amount, type Figure, none } from "./figures.ts";
import { type AuditedLoad, startLoad } from "./load/audited-load.ts";
import { type Effort, shareOf } from "./step.ts";

/** Messages acknowledged in a round before the fault, at most, and after it, at least. */
const messagesBeforeMax = 600;
const messagesAfter = 150;

/** Between two checkpoints: some in every round, so that faults meet them. */
const checkpoints = { checkpointOps: 200, checkpointBytes: 1024 * 1024 };

/** Between two lines on the progress. */
const roundsPerLine = 10;

/** Broken promises that are shown; a broken cluster breaks thousands. */
const evidenceShown = 10;

/** What a fault has to work with. */
export interface Round {
  readonly cluster: Cluster;
  readonly load: AuditedLoad;
  readonly random: Prng;
}

/** What is done to the cluster in each round, and how often in a full run. */
export interface Trial {
  readonly name: string;
  /** What one round is called in the table. */
  readonly unit: string;
  readonly rounds: number;
  /** Strikes, waits, and heals. */
  strike(round: Round): Promise<void>;
  /** Figures of its own, beside those of the ledger. */
  figures(effort: Effort): readonly Figure[];
}

/** Runs a trial to the end of its rounds or of its time. */
export async function runTrial(trial: Trial, effort: Effort): Promise<readonly Figure[]> {
  const rounds = shareOf(trial.rounds, effort);
  const cluster = await startCluster({ checkpoints });
  let done = 0;
  let underLoad = 0;
  try {
    const { random, lastMs } = effort;
    const load = await startLoad(cluster, trial.name, random.fork());
    while (done < rounds && performance.now() < lastMs) {
      const wasLoaded = await runRound(trial, { cluster, load, random });
      done += 1;
      if (wasLoaded) underLoad += 1;
      if (done % roundsPerLine === 0 || done === rounds) {
        console.log(`${done} of ${rounds} rounds, ${load.ledger.acknowledged} messages`);
      }
      if (load.ledger.broken.length > 0) break;
    }
    await load.end();
    showBroken(load.ledger);
    if (load.ledger.broken.length > 0) keepLogs(cluster, trial.name);
    return [
      amount(trial.unit, underLoad, rounds),
      ...ledgerFigures(trial.name, load.ledger, rounds),
      ...trial.figures(effort),
    ];
  } catch (error) {
    keepLogs(cluster, trial.name);
    throw error;
  } finally {
    await cluster.stop();
  }
}

/** One round; true when calls were under way at the moment of the fault. */
async function runRound(trial: Trial, round: Round): Promise<boolean> {
  const { load, random } = round;
  load.begin();
  await load.untilAcknowledged(random.between(1, messagesBeforeMax));
  const wasLoaded = load.sendsUnderWay > 0;
  await trial.strike(round);
  await load.untilAcknowledged(messagesAfter);
  await load.drain();
  return wasLoaded;
}

function ledgerFigures(trial: string, ledger: Ledger, rounds: number): readonly Figure[] {
  const counted = new Set<PromiseName>([
    "lost",
    "enqueuedTwice",
    "settledTwice",
    "staleAccepted",
    "groupOrder",
  ]);
  const others = Object.keys(promises)
    .filter(isPromiseName)
    .filter((name) => !counted.has(name));
  return [
    amount(`${trial}: messages acknowledged`, ledger.acknowledged, rounds * messagesAfter),
    none(`${trial}: lost`, ledger.countOf("lost")),
    none(`${trial}: enqueued twice`, ledger.countOf("enqueuedTwice")),
    none(`${trial}: settled twice`, ledger.countOf("settledTwice")),
    none(`${trial}: messages that overtook their group`, ledger.countOf("groupOrder")),
    amount(`${trial}: acks of stale leases tried`, ledger.staleTried, rounds),
    all(`${trial}: of these refused`, ledger.staleRefused, ledger.staleTried),
    none(`${trial}: other promises broken`, ledger.countOf(...others)),
  ];
}

function isPromiseName(name: string): name is PromiseName {
  return name in promises;
}

/** Shows the first broken promises. */
export function showBroken({ broken }: Ledger): void {
  for (const { promise, evidence } of broken.slice(0, evidenceShown)) {
    console.log(`BROKEN: ${promises[promise]}: ${evidence}`);
  }
  const more = broken.length - evidenceShown;
  if (more > 0) console.log(`and ${more} more`);
}

/** What the processes said of a run that went wrong, for whoever looks for the cause. */
export function keepLogs(cluster: Cluster, name: string): void {
  const folder = join(stateFolder, "proof", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(cluster.folder.logFolder, folder, { recursive: true });
  console.log(`logs of all processes: ${folder}`);
}
