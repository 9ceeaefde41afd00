/** Transfers of a state that nobody can give any more: VRR §5.2, rule L3. */
import type { TimedFaultKind } from "../faults/fault-kinds.ts";
import type { Mutant } from "./mutant.ts";

const fetchBlocks = "packages/vsr/src/fetch-blocks.ts";

/** Faults that leave a cluster too little time to free what somebody misses: they hardly come. */
const disturbances: readonly TimedFaultKind[] = [
  "crash",
  "point-crash",
  "blackout",
  "flap",
  "pause",
  "partition",
  "ring",
  "absence",
  "disk-full",
  "fsync-error",
];

/** Members miss what the others free, and are cut off again when they ask for the state's blocks. */
export const interrupted = {
  replicaCount: 3,
  gatewayCount: 2,
  workersPerGateway: 4,
  network: {
    delayMinMicros: 50,
    delayMeanMicros: 150,
    loss: 0,
    duplication: 0,
    reordering: 0,
  },
  checkpointOps: 8,
  preparesInFlightMax: 1,
  absentMax: 1,
  safetyMicros: 5_000_000,
  faults: Object.fromEntries(disturbances.map((kind) => [kind, 1_000_000_000])),
  strikes: [
    { at: "prepareOk", oneIn: 60, harms: ["isolate"] },
    { at: "getBlocks", oneIn: 2, harms: ["isolate"] },
  ],
} as const;

export const transferMutants: readonly Mutant[] = [
  {
    name: "transfer waits for ever for a dead peer to deny its blocks",
    edits: [
      {
        file: fetchBlocks,
        find: "  const answering = heard.length > 0 ? heard : trusted;\n",
        replace: "  const answering = heard.length > trusted.length ? heard : trusted;\n",
      },
    ],
    swarm: interrupted,
  },
];
