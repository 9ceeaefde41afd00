/** The view change done wrong: VRR §4.2, rules S9, S10, A1, A3 and L1. */
import type { Mutant } from "./mutant.ts";

const enterView = "packages/vsr/src/enter-view.ts";
const selection = "packages/vsr/src/selection.ts";
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
        replace: "    lastNormalView: Math.max(replica.lastNormalView, view - 1),",
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
        file: "packages/vsr/src/repair.ts",
        find: "function endOfChain(replica: Replica, { offer, cursor }: Fetch)",
        replace: "function endOfChain(replica: Replica, { offer, cursor, top }: Fetch)",
      },
      {
        file: "packages/vsr/src/repair.ts",
        find: '  if (replica.log.holds(cursor)) return "met";',
        replace: `
  if (replica.log.holds(cursor)) return "met";
  const { pipelineMax } = replica.identity.admission.config;
  const isOld = cursor.op <= top.op - pipelineMax;
  if (isOld && cursor.op <= replica.log.headOp) return "met";`,
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
];
