/** A disk that was lost, and comes back too soon: rules S11 and A6. */
import type { Mutant } from "./mutant.ts";

const losing = {
  replicaCount: 3,
  faults: { "lost-disk": 700_000, crash: 700_000, partition: 900_000 },
} as const;

export const lostDiskMutants: readonly Mutant[] = [
  {
    name: "erased disk acknowledges again",
    edits: [
      {
        file: "packages/vsr/src/lost-disk.ts",
        find: "    isDiskLost: true,\n",
        replace: "    isDiskLost: false,\n",
      },
    ],
    swarm: losing,
  },
];
