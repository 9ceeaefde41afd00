/** The normal case done wrong: VRR §4.1, rules S6 and L7. */
import type { Mutant } from "./mutant.ts";

const prepare = "packages/vsr/src/prepare.ts";
const newEntry = "packages/vsr/src/new-entry.ts";
const execute = "packages/vsr/src/execute.ts";
const heartbeat = "packages/vsr/src/heartbeat.ts";
const reads = "packages/vsr/src/reads.ts";

/** Two gateways, often on different sides, and readers at both. */
const parted = {
  replicaCount: 3,
  gatewayCount: 2,
  readersPerGateway: 4,
  faults: { partition: 700_000 },
} as const;

/** Primaries that die, and an acknowledgement that is lost now and then. */
const flapping = {
  ...parted,
  heartbeatTicks: 20,
  network: {
    delayMinMicros: 50,
    delayMeanMicros: 150,
    loss: 0.2,
    duplication: 0,
    reordering: 0,
  },
  faults: { flap: 400_000 },
} as const;

export const normalMutants: readonly Mutant[] = [
  {
    name: "gaps accepted (op > head + 1)",
    edits: [
      {
        file: prepare,
        find: 'if (header.op > opAfter(log.headOp)) return "gap";',
        replace: "",
      },
      {
        file: "packages/vsr/src/new-entry.ts",
        find: 'if (!bytesEqual(header.parent, log.head.hash)) return "not chained";',
        replace: "",
      },
    ],
  },
  {
    name: "commit advanced without applying",
    edits: [
      {
        file: "packages/vsr/src/acknowledge.ts",
        find: "replica.commit = opMax(replica.commit, asOp(Math.min(commit, replica.log.headOp)));",
        replace: `
  const known = asOp(Math.min(commit, replica.log.storedOp));
  replica.commit = opMax(replica.commit, known);
  if (known - replica.executed > 1) replica.executed = known;`,
      },
    ],
  },
  {
    name: "executed before it is committed",
    edits: [
      {
        file: execute,
        find: "  return opMin(commit, log.storedOp >= executed ?",
        replace: "  return (replica.commit = log.storedOp >= executed ?",
      },
    ],
  },
  {
    name: "Prepare accepted while the view has no log yet",
    edits: [
      {
        file: prepare,
        find: 'if (replica.status !== "normal") return "not normal";',
        replace: "",
      },
    ],
  },
  {
    name: "lost PrepareOk is never asked for again",
    edits: [
      {
        file: heartbeat,
        find: "if (isWanted && replica.log.holds(head)) acknowledge(replica, head.op);",
        replace: "",
      },
    ],
  },
  {
    name: "missed entries are never fetched",
    edits: [
      {
        file: heartbeat,
        find: "if (head.op > replica.log.headOp) return beginCatchUp(replica, head, commit);",
        replace: "",
      },
      {
        file: prepare,
        find: 'if (reason === "gap") {',
        replace: 'if (reason === "clock ahead" && reason === "gap") {',
      },
    ],
  },
  {
    name: "lease expiry from a local clock",
    edits: [
      {
        file: execute,
        find: "    timestampMicros: place.timestampMicros,\n",
        replace:
          "    timestampMicros: Math.max(place.timestampMicros, Math.floor(replica.clockMicros)),\n",
      },
    ],
  },
  {
    name: "random of an entry drawn where it is executed",
    edits: [
      {
        file: execute,
        find: "    random: place.random,\n",
        replace: "    random: replica.identity.bootSecret.slice(0, place.random.length),\n",
      },
    ],
  },
  {
    name: "linearizable read answered after a heartbeat alone",
    edits: [
      {
        file: reads,
        find: "    acting.isStartCommitted &&\n",
        replace: "",
      },
      {
        file: reads,
        find: "const commitAtArrival = opMax(replica.commit, start);",
        replace: "const commitAtArrival = replica.commit;",
      },
    ],
    swarm: flapping,
  },
  {
    name: "linearizable read answered without a heartbeat",
    edits: [
      {
        file: reads,
        find: "    read.heartbeat <= confirmed &&\n",
        replace: "",
      },
    ],
    swarm: parted,
  },
  {
    name: "primary's time taken from its clock, even backwards",
    edits: [
      {
        file: prepare,
        find: "return Math.max(replica.log.timestampOfHead() + 1, replica.clockMicros);",
        replace: "return replica.clockMicros;",
      },
    ],
  },
  {
    name: "commit inferred as head - pipelineMax, the primary's limit larger than mine",
    edits: [
      {
        file: prepare,
        find: "return inFlight < Math.min(preparesInFlightMax, pipelineMax);",
        replace: "return inFlight < Math.max(preparesInFlightMax, 4 * pipelineMax);",
      },
      {
        file: prepare,
        find: "  learnCommit(replica, message.commit);\n}",
        replace:
          "  learnCommit(replica, Math.max(message.commit, message.header.op - config.pipelineMax));\n}",
      },
      {
        file: prepare,
        find: "  const hash = hashEntryHeader(message.header, sha256);\n  appendEntry",
        replace:
          "  const { config } = replica.identity.admission;\n  const hash = hashEntryHeader(message.header, sha256);\n  appendEntry",
      },
    ],
    swarm: {
      replicaCount: 3,
      pipelineMax: 4,
      burstMax: 8,
      strikes: [{ at: "prepare", oneIn: 30, harms: ["whisper", "deafen"] }],
    },
  },
  {
    name: "stale view accepted",
    edits: [
      {
        file: prepare,
        find: '  if (view < replica.view) return "older view";',
        replace: '  if (view < replica.view && replica.status === "normal") return null;',
      },
      {
        file: newEntry,
        find: "  if (header.view !== replica.view || header.epoch !== identity.admission.config.epoch) {",
        replace: "  if (header.epoch !== identity.admission.config.epoch) {",
      },
    ],
    swarm: {
      replicaCount: 3,
      restScale: 6,
      faults: {},
      strikes: [
        { at: "prepare", oneIn: 10, harms: ["clog"] },
        { at: "commitOk", oneIn: 60, harms: ["pause receiver"] },
        { at: "startViewChange", oneIn: 2, harms: ["deafen primary"] },
      ],
    },
  },
  {
    name: "linearizable read confirmed by any heartbeat's answer",
    edits: [
      {
        file: heartbeat,
        find: "Math.max(acting.confirmed[sender] ?? 0, message.nonce);",
        replace: "acting.heartbeat;",
      },
    ],
    swarm: {
      ...parted,
      heartbeatTicks: 5,
      faults: {},
      strikes: [{ at: "commitOk", oneIn: 40, harms: ["lag receiver", "desert receiver"] }],
    },
  },
];
