/** Statements taken for what they are not: what admission and the proofs check. */
import type { Mutant } from "./mutant.ts";

const admission = "packages/protocol/src/admission.ts";
const certificates = "packages/proof/src/certificates.ts";
const carried = "packages/proof/src/start-view.ts";
const liar = { faults: { liar: 30_000 } } as const;

/** Members are away until what they missed is freed, and one of those that they ask lies. */
export const lyingAboutStates = {
  replicaCount: 3,
  checkpointOps: 8,
  preparesInFlightMax: 8,
  flushMeanMicros: [200, 200, 200],
  network: {
    delayMinMicros: 50,
    delayMeanMicros: 150,
    loss: 0,
    duplication: 0,
    reordering: 0,
  },
  safetyMicros: 20_000_000,
  absenceMeanMicros: 2_000_000,
  faults: { liar: 300_000, absence: 300_000 },
  strikes: [{ at: "getState", oneIn: 2, harms: ["part receiver"] }],
} as const;

export const trustMutants: readonly Mutant[] = [
  {
    name: "duplicate signer in the proof of a view",
    edits: [
      {
        file: carried,
        find: "return voters.size >= quorumOf(voterCount);",
        replace: "return statements.length >= quorumOf(voterCount);",
      },
    ],
    swarm: liar,
  },
  {
    name: "signature check skipped",
    edits: [
      {
        file: admission,
        find: "if (publicKey === null || !context.verify(publicKey, signed, signature)) {",
        replace: "if (publicKey === null || signed === signature) {",
      },
    ],
    swarm: liar,
  },
  {
    name: "digest check skipped",
    edits: [
      {
        file: admission,
        find: 'if (!bytesEqual(context.sha256(body), header.bodyDigest)) return refuse("body-digest");',
        replace: "",
      },
    ],
    swarm: liar,
  },
  {
    name: "body of an entry is not compared with its header",
    edits: [
      {
        file: "packages/vsr/src/fetch-answers.ts",
        find: "    if (!isBodyOf(header, body, sha256)) continue;\n",
        replace: "",
      },
    ],
    swarm: liar,
  },
  {
    name: "StartView believed without its selection",
    edits: [
      {
        file: carried,
        find: "  return isSame ? changes : null;",
        replace: "  return changes;",
      },
    ],
    swarm: liar,
  },
  {
    name: "duplicate signer in a certificate",
    edits: [
      {
        file: certificates,
        find: "signers.size < quorumOf",
        replace: "signatures.length < quorumOf",
      },
    ],
    swarm: lyingAboutStates,
  },
  {
    name: "signature check skipped on NewState",
    edits: [
      {
        file: certificates,
        find: "if (!verify(member.publicKey, signed, signature))",
        replace:
          'if (message.command !== "checkpoint" && !verify(member.publicKey, signed, signature))',
      },
    ],
    swarm: lyingAboutStates,
  },
];
