/** Checkpoints and state transfer done wrong: VRR §5, rules A7, L2 and S9. */
import type { Mutant } from "./mutant.ts";

export const checkpointMutants: readonly Mutant[] = [
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
];
