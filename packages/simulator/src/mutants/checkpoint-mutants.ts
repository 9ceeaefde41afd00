/** Checkpoints and state transfer done wrong: VRR §5, rules A7, L2 and S9. */
import type { Mutant } from "./mutant.ts";
import { lyingAboutStates } from "./trust-mutants.ts";

export const checkpointMutants: readonly Mutant[] = [
  {
    name: "checkpoint certificate with f signatures",
    edits: [
      {
        file: "packages/vsr/src/certified.ts",
        find: "return checkpoint.signatures.length >= quorumOf(replica.identity.voterCount);",
        replace:
          "return checkpoint.signatures.length >= quorumOf(replica.identity.voterCount) - 1;",
      },
      {
        file: "packages/proof/src/certificates.ts",
        find: 'return signers.size < quorumOf(votersOf(config).length) ? "quorum" : null;',
        replace: 'return signers.size < quorumOf(votersOf(config).length) - 1 ? "quorum" : null;',
      },
    ],
    swarm: { replicaCount: 3, checkpointOps: 8 },
  },
  {
    name: "client table is no part of a checkpoint",
    edits: [
      {
        file: "packages/vsr/src/freezing.ts",
        find: "sessions: clientTable.sorted(),",
        replace: "sessions: [],",
      },
    ],
  },
  {
    name: "client table of a checkpoint is not loaded",
    edits: [
      {
        file: "packages/vsr/src/enter-state.ts",
        find: "  replica.clientTable.replace(replication.sessions);\n",
        replace: "",
      },
    ],
  },
  {
    name: "log freed up to the newest checkpoint before it is written",
    edits: [
      {
        file: "packages/vsr/src/certified.ts",
        find: "const chosen = isRotten ? newest : (ops.at(-certifiedKept) ?? log.base.op);",
        replace: "const chosen = replica.schedule.op;",
      },
    ],
    swarm: { replicaCount: 3, checkpointOps: 8 },
  },
  {
    name: "checkpoints taken by a local count",
    edits: [
      {
        file: "packages/vsr/src/checkpoint.ts",
        find: "const isDue = header.op - before >= checkpointOps || bytes >= checkpointBytes;",
        replace:
          "const isDue = header.op - replica.loadedOp >= checkpointOps && (header.op - replica.loadedOp) % checkpointOps === replica.identity.index;",
      },
    ],
  },
  {
    name: "slow replicas choose for themselves which checkpoints they leave out",
    edits: [
      {
        file: "packages/vsr/src/stride.ts",
        find: "return Math.floor(op / stride) > Math.floor(before / stride);",
        replace: "return op / stride > before / stride;",
      },
    ],
    swarm: {
      replicaCount: 2,
      checkpointOps: 4,
      flushMeanMicros: [200, 20_000],
      preparesInFlightMax: 8,
      pipelineMax: 8,
    },
  },
  {
    name: "a disk that was slow once leaves checkpoints out for ever",
    edits: [
      {
        file: "packages/vsr/src/checkpoint.ts",
        find: "if (isCertified(replica, checkpoint) && checkpoint !== question) continue;",
        replace: "if (isCertified(replica, checkpoint)) continue;",
      },
    ],
    swarm: {
      replicaCount: 3,
      checkpointOps: 4,
      pipelineMax: 8,
      preparesInFlightMax: 8,
      flushMeanMicros: [200, 200, 20_000],
    },
  },
  {
    name: "VRR §5.2: the log is cut when state is asked for",
    edits: [
      {
        file: "packages/vsr/src/repair.ts",
        find: `  if (fetch.state === "headers") {
    const known`,
        replace: `  if (fetch.state === "headers") {
    if (replica.acting === null) replica.log.cutAbove(Math.max(replica.executed, replica.log.base.op));
    const known`,
      },
    ],
  },
  {
    name: "own log kept when the state of a checkpoint is entered",
    edits: [
      {
        file: "packages/vsr/src/enter-state.ts",
        find: "  replica.log.restartAbove(base);\n",
        replace: "",
      },
    ],
  },
  {
    name: "block of a state is not compared with its digest",
    edits: [
      {
        file: "packages/vsr/src/fetch-blocks.ts",
        find: "if (!bytesEqual(sha256(bytes), each.digest)) {",
        replace: "if (bytes.length === 0) {",
      },
    ],
    swarm: lyingAboutStates,
  },
  {
    name: "checkpoint told before the superblock names it",
    edits: [
      {
        file: "packages/vsr/src/checkpoint.ts",
        find: '  if (replica.writing.some(({ purpose }) => purpose === "checkpoint")) return;\n',
        replace: "",
      },
    ],
    swarm: { replicaCount: 3, checkpointOps: 8 },
  },
  {
    name: "log freed below a checkpoint that nobody certified",
    edits: [
      {
        file: "packages/vsr/src/certified.ts",
        find: "replica.checkpoints.flatMap((each) => (isCertified(replica, each) ? [each.op] : []));",
        replace: "replica.checkpoints.map(({ op }) => op);",
      },
    ],
    swarm: { replicaCount: 3, checkpointOps: 8, flushMeanMicros: [200, 8_000, 8_000] },
  },
  {
    name: "certificate of another state adopted",
    edits: [
      {
        file: "packages/vsr/src/certify.ts",
        find: `  return (
    heard.view === own.view &&`,
        replace: `  return true || (
    heard.view === own.view &&`,
      },
    ],
    swarm: { faults: { liar: 30_000 } },
  },
  {
    name: "offered checkpoint believed without its certificate",
    edits: [
      {
        file: "packages/vsr/src/state-transfer.ts",
        find: "  if (checkpointFault(offer, replica.identity.admission) !== null) {",
        replace: "  if (offer.op < 0) {",
      },
    ],
    swarm: lyingAboutStates,
  },
];
