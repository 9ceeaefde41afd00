/** The view change done wrong: VRR §4.2, rules S9, S10, A1, A3 and L1. */
import type { Mutant } from "./mutant.ts";

const enterView = "packages/vsr/src/enter-view.ts";
const heartbeat = "packages/vsr/src/heartbeat.ts";
const selection = "packages/proof/src/selection.ts";
const startView = "packages/vsr/src/start-view.ts";
const viewChange = "packages/vsr/src/view-change.ts";

export const viewChangeMutants: readonly Mutant[] = [
  {
    name: "largest last normal view wins, whatever its op",
    edits: [
      {
        file: selection,
        find: "return left.head.op > right.head.op;",
        replace: "return left.head.op < right.head.op;",
      },
    ],
  },
  {
    name: "last normal view taken from a view that was never normal",
    edits: [
      {
        file: enterView,
        find: "    lastNormalView: replica.lastNormalView,",
        replace: "    lastNormalView: Math.max(replica.lastNormalView, replica.view - 1),",
      },
    ],
  },
  {
    name: "duplicate StartView rolls back",
    edits: [
      {
        file: startView,
        find: "if (header.view === replica.view && replica.lastNormalView === replica.view) {",
        replace: "if (replica.acting !== null) {",
      },
    ],
  },
  {
    name: "last normal view set when the StartView arrives, the log completed later",
    edits: [
      {
        file: startView,
        find: '  if (isRecovering) replica.status = "recovering";\n',
        replace: `
  if (isRecovering) replica.status = "recovering";
  replica.lastNormalView = view;
  writeSuperblock(replica, replica.log.head, "view-entered");
`,
      },
    ],
  },
  {
    name: "new primary trusts its own entries below the pipeline",
    edits: [
      {
        file: "packages/vsr/src/chain.ts",
        find: '  if (log.holds(cursor)) return "met";',
        replace: `
  if (log.holds(cursor)) return "met";
  const isOld = cursor.op < (chain[0]?.op ?? cursor.op) - 3;
  if (isOld && cursor.op <= log.headOp) return "met";`,
      },
    ],
    swarm: { pipelineMax: 4 },
  },
  {
    name: "no jump to a proven view",
    edits: [
      {
        file: viewChange,
        find: "  enterView(replica, header.view, message.votes);\n",
        replace: "",
      },
    ],
  },
  {
    name: "proof of a view is not durable",
    edits: [
      {
        file: "packages/vsr/src/superblock-writes.ts",
        find: "    viewProof: replica.viewProof,",
        replace: "    viewProof: [],",
      },
    ],
  },
  {
    name: "StartView is sent once",
    edits: [
      {
        file: viewChange,
        find: "const answer = replica.acting?.startView ?? proofStatement(replica);",
        replace: "const answer = proofStatement(replica);",
      },
      {
        file: "packages/vsr/src/recovery.ts",
        find: '  sendPacket(replica, { kind: "replica", index: header.sender }, acting.startView);\n',
        replace: "",
      },
    ],
  },
  {
    name: "winner's commit instead of the maximum",
    edits: [
      {
        file: selection,
        find: "const commit = changes.reduce((max, next) => opMax(max, next.commit), asOp(0));",
        replace: "const commit = winner.commit;",
      },
    ],
    harmless:
      "StartView.op is committed anew before anything is answered, and only nacks cut an entry",
  },
  {
    name: "largest op wins, whatever its last normal view",
    edits: [
      {
        file: selection,
        find: "  if (left.lastNormalView !== right.lastNormalView) {\n",
        replace: "  if (left.head.op === right.head.op) {\n",
      },
    ],
    swarm: {
      replicaCount: 3,
      preparesInFlightMax: 8,
      downMeanMicros: 300_000,
      strikes: [
        { at: "prepare", oneIn: 15, harms: ["mute"] },
        { at: "commitOk", oneIn: 15, harms: ["crash receiver"] },
      ],
    },
  },
  {
    name: "DoViewChange is not kept for another life",
    edits: [
      {
        file: "packages/vsr/src/superblock-writes.ts",
        find: "    doViewChange: replica.doViewChange,",
        replace: "    doViewChange: null,",
      },
    ],
    harmless: "the member votes for the next view in time, and makes one for that",
  },
  {
    name: "repairing replica does not vote",
    edits: [
      {
        file: viewChange,
        find: 'if (replica.status === "recovering" || replica.acting !== null) return;',
        replace:
          'if (replica.status === "recovering" || replica.acting !== null || replica.fetch !== null) return;',
      },
    ],
    swarm: {
      replicaCount: 3,
      faults: {},
      strikes: [
        { at: "prepare", oneIn: 30, harms: ["mute"] },
        { at: "getState", oneIn: 2, harms: ["lose-disk receiver"] },
      ],
    },
  },
  {
    name: "primary without a quorum never abdicates",
    edits: [
      {
        file: heartbeat,
        find: "  if (isDeserted(replica, acting)) return abdicate(replica);\n",
        replace: "",
      },
    ],
    harmless: "the others elect without it; it costs gateways the time to find out",
  },
  {
    name: "DoViewChange is sent once",
    edits: [
      {
        file: viewChange,
        find: '  } else if (replica.status === "view-change" && isRepeatDue(replica)) {\n    sendDoViewChange(replica);\n',
        replace: "",
      },
      {
        file: viewChange,
        find: '  if (replica.status === "view-change") sendDoViewChange(replica);\n',
        replace: "",
      },
    ],
    harmless: "a lost one costs a timeout: the next view gets a new one",
  },
  {
    name: "DoViewChange of another view counted",
    edits: [
      {
        file: "packages/vsr/src/enter-view.ts",
        find: "  replica.collected.clear();\n",
        replace: "",
      },
      {
        file: "packages/vsr/src/start-view.ts",
        find: "  replica.collected.clear();\n",
        replace: "",
      },
      {
        file: "packages/proof/src/start-view.ts",
        find: "  if (header.view !== view) return null;\n",
        replace: "",
      },
    ],
  },
  {
    name: "votes are sent once",
    edits: [
      {
        file: "packages/vsr/src/view-change.ts",
        find: "    if (isRepeatDue(replica)) vote(replica);",
        replace: `    if (isRepeatDue(replica) && replica.votedIn !== replica.view) {
      replica.votedIn = replica.view;
      vote(replica);
    }`,
      },
    ],
    swarm: {
      replicaCount: 3,
      faults: { flap: 500_000 },
      strikes: [{ at: "startViewChange", oneIn: 1, harms: ["mute"] }],
    },
  },
  {
    name: "StartView of an older view taken after a restart",
    edits: [
      {
        file: startView,
        find: 'if (header.view < replica.view) return ignore(replica, command, "older view");',
        replace:
          'if (header.view < replica.view && replica.startHead !== null) return ignore(replica, command, "older view");',
      },
    ],
    swarm: { replicaCount: 3, faults: { liar: 30_000, crash: 300_000, flap: 500_000 } },
  },
];
