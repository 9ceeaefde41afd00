/** Fetching done wrong: rules S2, L2 and L3. */
import type { Mutant } from "./mutant.ts";

const repair = "packages/vsr/src/repair.ts";
const startView = "packages/vsr/src/start-view.ts";

/**
 * Answers come late and out of order, and checkpoints so often that what was asked for has come by
 * itself and is freed before its answer.
 */
const overtaken = {
  replicaCount: 3,
  checkpointOps: 2,
  pipelineMax: 64,
  preparesInFlightMax: 8,
  network: {
    delayMinMicros: 100,
    delayMeanMicros: 10_000,
    loss: 0.02,
    duplication: 0.05,
    reordering: 0.3,
  },
} as const;

export const repairMutants: readonly Mutant[] = [
  {
    name: "own corrupt entries are not mended before the log is installed",
    edits: [
      {
        file: repair,
        find: "  fetch.missing = log.corruptThrough(fetch.fork);\n",
        replace: "",
      },
    ],
  },
  {
    name: "overdue answer is waited for, for ever",
    edits: [
      {
        file: repair,
        find: "  fetch.peer = nextPeer(replica, fetch.peer);\n  advanceFetch(replica, fetch);\n",
        replace: "",
      },
    ],
  },
  {
    name: "headers that were freed before their answer taken for a foreign chain",
    edits: [
      {
        file: "packages/vsr/src/chain.ts",
        find: '  return isFreed ? "met" : "foreign";',
        replace: '  return "foreign";',
      },
    ],
    swarm: overtaken,
  },
  {
    name: "answer that comes after its entries were executed taken for a log without them",
    edits: [
      {
        file: repair,
        find: "  if (!isInside && fetch.cursor.op < replica.executed) return refuseLog(replica, fetch);",
        replace: "  if (fetch.cursor.op < replica.executed) return refuseLog(replica, fetch);",
      },
    ],
    swarm: overtaken,
  },
  {
    name: "rotten bodies are never mended",
    edits: [
      {
        file: repair,
        find: '  if (log.slotAt(log.storedOp + 1)?.state !== "corrupt") return;\n',
        replace: "  return;\n",
      },
    ],
    swarm: {
      replicaCount: 3,
      checkpointOps: 1_024,
      faults: { rot: 100_000 },
      strikes: [{ at: "prepareOk", oneIn: 50, harms: ["rot", "crash"] }],
    },
  },
  {
    name: "log of a StartView put above the own one, nothing cut",
    edits: [
      {
        file: startView,
        find: "  if (fetch.base === null) replica.log.cutAbove(fork);\n",
        replace:
          "  if (fetch.base === null && fetch.chain.length > 0) replica.log.cutAbove(fork);\n",
      },
    ],
  },
  {
    name: "header-only log installed",
    edits: [
      {
        file: repair,
        find: "    fetch.missing.push(...chain);\n",
        replace: "",
      },
      {
        file: startView,
        find: 'replica.log.push(header, hashEntryHeader(header, sha256), "present");',
        replace: 'replica.log.push(header, hashEntryHeader(header, sha256), "corrupt");',
      },
    ],
    swarm: { replicaCount: 3, faults: { flap: 500_000, crash: 500_000 } },
  },
  {
    name: "log of a StartView merged with the own one, entry by entry",
    edits: [
      {
        file: startView,
        find: "  if (fetch.base === null) replica.log.cutAbove(fork);\n",
        replace: "  const own = replica.log.headOp;\n  if (fetch.base === null) void fork;\n",
      },
      {
        file: startView,
        find: '    replica.log.push(header, hashEntryHeader(header, sha256), "present");',
        replace:
          '    if (header.op > own) replica.log.push(header, hashEntryHeader(header, sha256), "present");',
      },
    ],
  },
  {
    name: "always the same peer is asked",
    edits: [
      {
        file: repair,
        find: "return members[(members.indexOf(peer) + 1) % members.length] ?? peer;",
        replace: "return peer === replica.identity.index ? (members[0] ?? peer) : peer;",
      },
    ],
    swarm: {
      replicaCount: 3,
      checkpointOps: 1_024,
      absenceMeanMicros: 2_000_000,
      faults: { rot: 60_000, absence: 500_000 },
    },
    harmless:
      "who is asked first has what is above its checkpoint in memory and frees what rotted below; a view without an answer ends",
  },
];
