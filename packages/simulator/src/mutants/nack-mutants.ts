/** Entries that nobody can read, dropped too early or never: rule S10. */
import type { Mutant } from "./mutant.ts";

const selection = "packages/proof/src/selection.ts";

/**
 * Of three members one hears nothing for a while, one acknowledges what then rots on its disk, and
 * the primary dies.
 */
const nacking = {
  replicaCount: 3,
  pipelineMax: 64,
  preparesInFlightMax: 8,
  checkpointOps: 1_024,
  downMeanMicros: 700_000,
  faults: {},
  strikes: [
    { at: "prepare", oneIn: 20, harms: ["whisper"] },
    { at: "prepareOk", oneIn: 30, harms: ["rot", "crash", "crash receiver"] },
  ],
} as const;

export const nackMutants: readonly Mutant[] = [
  {
    name: "nack quorum too small",
    edits: [
      {
        file: "packages/protocol/src/quorum.ts",
        find: "return voterCount - quorumOf(voterCount) + 1;",
        replace: "return voterCount - quorumOf(voterCount);",
      },
    ],
    swarm: nacking,
  },
  {
    name: "corrupt entry counted as a nack",
    edits: [
      {
        file: selection,
        find: "return own !== undefined && !bytesEqual(hashEntryHeader(own.header, sha256), hash);",
        replace: `
  if (own?.state === "corrupt") return true;
  return own !== undefined && !bytesEqual(hashEntryHeader(own.header, sha256), hash);`,
      },
    ],
    swarm: nacking,
  },
  {
    name: "no nack rule: an entry that nobody can read is cut",
    edits: [
      {
        file: selection,
        find: 'if (nacks.length < nackQuorumOf(voterCount)) return { kind: "unreadable", op: header.op };',
        replace: "",
      },
    ],
    swarm: nacking,
  },
  {
    name: "no nack rule: an entry that nobody can read stays for ever",
    edits: [
      {
        file: selection,
        find: 'if (nacks.length < nackQuorumOf(voterCount)) return { kind: "unreadable", op: header.op };',
        replace: 'return { kind: "unreadable", op: header.op };',
      },
    ],
    swarm: nacking,
    harmless: "views change until a quorum without the member on which it rotted comes first",
  },
];
