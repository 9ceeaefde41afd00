/** Wrong counts: rules S1 and S7. */
import type { Mutant } from "./mutant.ts";

const acknowledge = "packages/vsr/src/acknowledge.ts";
const carried = "packages/proof/src/start-view.ts";
const quorum = "packages/protocol/src/quorum.ts";
const startView = "packages/vsr/src/start-view.ts";
const viewChange = "packages/vsr/src/view-change.ts";

const isQuorumOfAcknowledgements = "if (signatures.size < quorumOf(voterCount)) return;";

export const quorumMutants: readonly Mutant[] = [
  {
    name: "votes counted per message, not per sender",
    edits: [
      {
        file: acknowledge,
        find: "signatures.set(signature.sender, signature);",
        replace: "signatures.set(signatures.size, signature);",
      },
    ],
  },
  {
    name: "votes for a view counted per message, not per sender",
    edits: [
      {
        file: viewChange,
        find: "replica.votes.set(header.sender, { statement, at: replica.now });",
        replace: "replica.votes.set(replica.votes.size, { statement, at: replica.now });",
      },
    ],
  },
  {
    name: "quorum f instead of f+1",
    edits: [
      {
        file: quorum,
        find: "return Math.floor(voterCount / 2) + 1;",
        replace: "return Math.max(1, Math.floor(voterCount / 2));",
      },
    ],
  },
  {
    name: "f+1 taken literally at an even number of members",
    edits: [
      {
        file: quorum,
        find: "return Math.floor(voterCount / 2) + 1;",
        replace: "return Math.floor((voterCount - 1) / 2) + 1;",
      },
    ],
    swarm: { replicaCount: 2 },
  },
  {
    name: "quorum from connected replicas",
    edits: [
      {
        file: acknowledge,
        find: isQuorumOfAcknowledgements,
        replace: `
  const isHeard = (at) => at !== null && replica.now - at < 30;
  const connected = 1 + acting.heardAt.filter(isHeard).length;
  if (signatures.size < quorumOf(Math.min(connected, voterCount))) return;`,
      },
    ],
  },
  {
    name: "DoViewChange accepted from one replica",
    edits: [
      {
        file: startView,
        find: "if (replica.collected.size < quorumOf(voterCount) || replica.fetch !== null) return;",
        replace: "if (replica.fetch !== null) return;",
      },
      {
        file: carried,
        find: "if (used.size < quorumOf(voterCount)) return null;",
        replace: "",
      },
    ],
  },
  {
    name: "acknowledgements of different views added up",
    edits: [
      {
        file: acknowledge,
        find: `  const signatures = acting.acknowledgements.get(op) ?? new Map<number, CertificateSignature>();
  acting.acknowledgements.set(op, signatures);
`,
        replace: `
  replica.kept ??= new Map();
  const entry = op + " " + replica.log.positionAt(op).hash.join();
  const signatures = replica.kept.get(entry) ?? new Map();
  replica.kept.set(entry, signatures);
`,
      },
    ],
    swarm: {
      replicaCount: 3,
      burstMax: 1,
      strikes: [
        { at: "prepareOk", oneIn: 30, harms: ["isolate receiver"] },
        { at: "startView", oneIn: 2, harms: ["isolate"] },
      ],
    },
  },
  {
    name: "view entered with one vote fewer than a quorum",
    edits: [
      {
        file: "packages/vsr/src/view-change.ts",
        find: "if (replica.votes.size < quorumOf(replica.identity.voterCount)) return;",
        replace: "if (replica.votes.size < quorumOf(replica.identity.voterCount) - 1) return;",
      },
      {
        file: carried,
        find: "return voters.size >= quorumOf(voterCount);",
        replace: "return voters.size >= quorumOf(voterCount) - 1;",
      },
    ],
  },
];
