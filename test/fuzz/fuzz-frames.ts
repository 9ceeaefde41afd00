/**
 * Frames and packets that no replica may act on, thrown at real replica processes by somebody who
 * holds one member's key: every one is refused, counted by reason, and changes nothing.
 */
import { readFileSync } from "node:fs";
import { readKeyFile } from "@quorate/identity";
import type { Signer } from "@quorate/ports";
import { Prng } from "@quorate/prelude";
import { type ClusterConfig, parseClusterFile } from "@quorate/protocol";
import { type Cluster, type RigReplica, startCluster } from "../integration/rig/cluster.ts";
import { eventually } from "../integration/rig/eventually.ts";
import { breakLink } from "./broken-links.ts";
import { Keepsake } from "./keepsake.ts";
import { LyingProcess } from "./lying-member.ts";
import { type ExpectedReason, packetOf } from "./packets.ts";
import { countsOf, growth, type ReplicaCounts, sumOf, totalOf } from "./replica-counts.ts";

/** What became of what was sent. */
export interface FrameReport {
  readonly seed: number;
  /** Packets over authentic links, and connections that ended below them. */
  readonly frames: number;
  /** Refusals of packets and of links, by reason, as the replicas counted them. */
  readonly refused: ReadonlyMap<string, number>;
  /** Frames that had to be refused and that no replica has counted as refused. */
  readonly accepted: number;
  /** Replica processes that ended. */
  readonly crashes: number;
  /** What else must not be: another reason, a lost link, an alarm, a message lost. */
  readonly surprises: readonly string[];
}

/** One frame in so many is a connection of its own. */
const linkShare = 25;
/** The member whose process is replaced: it dials both others (rule A5). */
const liarIndex = 0;
const liarPeer = `replica-${liarIndex}`;
/** A busy machine still counts a thousand packets a second. */
const countedMsMin = 30_000;

/** Starts a cluster, fuzzes two of its replicas in the name of the third, and ends it. */
export async function fuzzFrames(count: number, seed: number): Promise<FrameReport> {
  const cluster = await startCluster();
  try {
    return await fuzzCluster(cluster, count, seed);
  } finally {
    await cluster.stop();
  }
}

async function fuzzCluster(cluster: Cluster, count: number, seed: number): Promise<FrameReport> {
  const prng = new Prng(seed);
  const config = parseClusterFile(readFileSync(cluster.folder.clusterFile, "utf8"));
  const signer = await memberKey(cluster, config);
  await cluster.replica("r0").process.stop();
  await cluster.lookUntil("a primary without r0", ({ primary }) => {
    return primary !== null && primary !== "r0";
  });
  const keepsake = await Keepsake.store(cluster.client("admin"));
  const targets = cluster.replicas.filter(({ id }) => id !== "r0");
  const pids = targets.map(({ process }) => process.pid);
  const before = await countsOfAll(targets);
  const attempts = Math.max(1, Math.floor(count / linkShare));
  await breakLinks(targets, { config, signer, prng }, attempts);
  const liar = new LyingProcess(config, liarIndex, signer);
  const sent = await sendPackets(liar, count - attempts, prng);
  const after = await countsWhen(targets, (counts) => {
    return refusedSince(before, counts, "statements") >= sent.refusable;
  });
  await liar.stop();
  const packets = refusedSince(before, after, "statements");
  const links = refusedSince(before, after, "links");
  const crashes = targets.filter(({ process }, at) => {
    return !process.isRunning || process.pid !== pids[at];
  }).length;
  return {
    seed,
    frames: count,
    refused: sumOf([grown(before, after, "links"), grown(before, after, "statements")]),
    accepted: Math.max(0, attempts - links) + Math.max(0, sent.refusable - packets),
    crashes,
    surprises: [
      ...unexpectedReasons(sent, grown(before, after, "statements")),
      ...(packets > sent.refusable ? [`${packets - sent.refusable} good statements refused`] : []),
      ...(liar.linksLost > 0 ? [`${liar.linksLost} links lost`] : []),
      ...alarmsIn(cluster, targets),
      ...(await keepsake.lost()),
    ],
  };
}

async function memberKey(cluster: Cluster, { clusterId }: ClusterConfig): Promise<Signer> {
  const { folder } = cluster;
  const passphrase = readFileSync(folder.passphraseFile("r0"), "utf8").trim();
  return readKeyFile(folder.keyFile("r0"), { purpose: "replica", clusterId, passphrase });
}

async function breakLinks(
  targets: readonly RigReplica[],
  parts: { readonly config: ClusterConfig; readonly signer: Signer; readonly prng: Prng },
  attempts: number,
): Promise<void> {
  for (let made = 0; made < attempts; made++) {
    const at = parts.prng.below(targets.length);
    const port = targets[at]?.port ?? 0;
    await breakLink({ ...parts, index: liarIndex, target: at + 1, port });
  }
}

/** What was sent, as it must be counted. */
interface Sent {
  readonly refusable: number;
  /** By the reason that must be given. */
  readonly reasons: ReadonlyMap<ExpectedReason, number>;
}

async function sendPackets(liar: LyingProcess, count: number, prng: Prng): Promise<Sent> {
  const targets = liar.config.members.map((_, index) => index).filter((at) => at !== liarIndex);
  await liar.start(targets);
  const reasons = new Map<ExpectedReason, number>();
  let refusable = 0;
  for (let made = 0; made < count; made++) {
    const { bytes, reason } = packetOf(liar, prng);
    await liar.send(prng.pick(targets), bytes);
    if (reason === null) continue;
    refusable += 1;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { refusable, reasons };
}

function countsOfAll(targets: readonly RigReplica[]): Promise<readonly ReplicaCounts[]> {
  return Promise.all(targets.map((target) => countsOf(target, liarPeer)));
}

/** The counts when `isEnough` holds, or when it should have: what is missing then was accepted. */
async function countsWhen(
  targets: readonly RigReplica[],
  isEnough: (counts: readonly ReplicaCounts[]) => boolean,
): Promise<readonly ReplicaCounts[]> {
  let counts = await countsOfAll(targets);
  const deadline = performance.now() + countedMsMin;
  await eventually("every packet is counted", countedMsMin, async () => {
    counts = await countsOfAll(targets);
    return isEnough(counts) || performance.now() + 1_000 > deadline ? true : null;
  });
  return counts;
}

type Counter = "links" | "statements";

/** By reason, all targets together. */
function grown(
  before: readonly ReplicaCounts[],
  after: readonly ReplicaCounts[],
  counter: Counter,
): ReadonlyMap<string, number> {
  const sum = (all: readonly ReplicaCounts[]) => sumOf(all.map((counts) => counts[counter]));
  return growth(sum(before), sum(after));
}

function refusedSince(
  before: readonly ReplicaCounts[],
  after: readonly ReplicaCounts[],
  counter: Counter,
): number {
  return totalOf(grown(before, after, counter));
}

function unexpectedReasons(
  { reasons }: Sent,
  counted: ReadonlyMap<string, number>,
): readonly string[] {
  const fixed = [...reasons].filter(([reason]) => reason !== "any");
  return fixed.flatMap(([reason, sent]) => {
    const count = counted.get(reason) ?? 0;
    return count >= sent ? [] : [`${sent} sent to be refused as ${reason}, ${count} were`];
  });
}

/** Lines of the targets' logs that no packet may cause. */
function alarmsIn(cluster: Cluster, targets: readonly RigReplica[]): readonly string[] {
  return targets.flatMap(({ id }) => {
    const lines = readFileSync(cluster.folder.log(id), "utf8").split("\n");
    return lines.filter((line) => /protocol alarm|fatal/.test(line));
  });
}
