/** Believing too much of one's own disk: rules S3, S4, S5. */
import type { Edit, Mutant } from "./mutant.ts";

const create = "packages/vsr/src/create.ts";
const startView = "packages/vsr/src/start-view.ts";

const orphans = "if (isOrphaned(superblock, admission)) expireViewChangeTimer(replica);";

/** A process that takes itself for the acting primary of the view on its disk. */
const actAgain = `
    replica.status = "normal";
    replica.startHead = log.head;
    startView(replica, { top: log.head, commit: replica.commit, doViewChanges: [] });`;

const startViewFromOutside: readonly Edit[] = [
  {
    file: startView,
    find: "function startView(replica: Replica, fetch: Fetch): void {",
    replace: "export function startView(replica: Replica, fetch: Fetch): void {",
  },
  {
    file: create,
    find: 'import { ClientTable } from "./client-table.ts";',
    replace: `
import { ClientTable } from "./client-table.ts";
import { startView } from "./start-view.ts";`,
  },
];

export const restartMutants: readonly Mutant[] = [
  {
    name: "restarted primary prepares again in its old view",
    edits: [
      ...startViewFromOutside,
      {
        file: create,
        find: orphans,
        replace: `
  const wasPrimary =
    superblock.view > 0 &&
    superblock.lastNormalView === superblock.view &&
    primaryOf(admission.config, superblock.view) === superblock.replica;
  if (wasPrimary) {${actAgain}
  } else ${orphans}`,
      },
    ],
  },
  {
    name: "empty journal in view 0 looks like a first boot: it prepares",
    edits: [
      ...startViewFromOutside,
      {
        file: create,
        find: orphans,
        replace: `
  if (superblock.view === 0 && superblock.replica === 0) {${actAgain}
    replica.acting.isStartCommitted = true;
  } else if (superblock.view > 0) {
    ${orphans}
  }`,
      },
      {
        file: create,
        find: "  return view === 0 || primaryOf(admission.config, view) === replica;",
        replace: "  return view > 0 && primaryOf(admission.config, view) === replica;",
      },
    ],
  },
  {
    name: "uncertain head taken for certain",
    edits: [
      {
        file: "packages/runtime/src/open-member.ts",
        find: "const isHeadUncertain = known.isHeadUncertain || log.isHeadUncertain;",
        replace: "const isHeadUncertain = false;",
      },
    ],
    swarm: { replicaCount: 3, faults: { rot: 100_000, crash: 300_000, flap: 500_000 } },
  },
  {
    name: "view on disk forgotten by a restart",
    edits: [
      {
        file: create,
        find: "    view: superblock.view,",
        replace: "    view: superblock.lastNormalView,",
      },
    ],
  },
];
