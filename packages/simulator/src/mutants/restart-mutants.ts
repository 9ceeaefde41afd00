/** Believing too much of one's own disk: rules S3, S4, S5. */
import type { Edit, Mutant } from "./mutant.ts";

const create = "packages/vsr/src/create.ts";
const openedLog = "packages/log-format/src/opened-log.ts";
const viewChange = "packages/vsr/src/view-change.ts";
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

/** The end of what a member has acknowledged rots, and it starts again; or its primary dies too. */
const rotting = {
  replicaCount: 3,
  downMeanMicros: 150_000,
  faults: { rot: 100_000, flap: 700_000 },
  strikes: [
    { at: "prepareOk", oneIn: 60, harms: ["rot", "rot", "rot", "crash"] },
    { at: "recovery", oneIn: 3, harms: ["crash", "crash primary"] },
  ],
} as const;

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
  {
    name: "entries above the superblock's head chained by parent hash alone",
    edits: [
      {
        file: openedLog,
        find: "          header.view === superblock.lastNormalView &&\n",
        replace: "",
      },
    ],
    swarm: { replicaCount: 3, faults: { crash: 300_000, flap: 400_000, partition: 700_000 } },
  },
  {
    name: "corrupt treated as absent",
    edits: [
      {
        file: create,
        find: "  for (const { header, hash, state } of origin.entries) log.push(header, hash, state);",
        replace: `
  for (const { header, hash, state } of origin.entries) {
    if (state === "corrupt") break;
    log.push(header, hash, state);
  }`,
      },
    ],
    swarm: rotting,
  },
  {
    name: "uncertain head accepts a StartView of its own view",
    edits: [
      {
        file: startView,
        find: 'if (replica.status === "recovering" && header.view === replica.view) {',
        replace: 'if (replica.status === "normal" && header.view === replica.view) {',
      },
      {
        file: startView,
        find: "if (header.view === replica.view && replica.lastNormalView === replica.view) {",
        replace: 'if (header.view === replica.view && replica.status === "normal") {',
      },
    ],
    swarm: rotting,
  },
  {
    name: "uncertain head votes and sends DoViewChange",
    edits: [
      {
        file: viewChange,
        find: 'if (replica.status === "recovering" || replica.acting !== null) return;',
        replace: "if (replica.acting !== null) return;",
      },
      {
        file: viewChange,
        find: 'if (replica.status === "recovering") return ignore(replica, "startViewChange", "head uncertain");',
        replace: "",
      },
      {
        file: viewChange,
        find: 'if (replica.status === "recovering") return ignore(replica, "viewProof", "head uncertain");',
        replace: "",
      },
    ],
    swarm: rotting,
  },
  {
    name: "uncertain head forgotten by a second restart",
    edits: [
      {
        file: "packages/log-format/src/opening.ts",
        find: "if (!superblock.isHeadUncertain) {",
        replace: "if (superblock !== null) {",
      },
      {
        file: "packages/runtime/src/open-member.ts",
        find: "const isHeadUncertain = known.isHeadUncertain || log.isHeadUncertain;",
        replace: "const { isHeadUncertain } = log;",
      },
      {
        file: openedLog,
        find: "    return { entries: chain, isHeadUncertain: superblock.isHeadUncertain };",
        replace: "    return { entries: chain, isHeadUncertain: false };",
      },
      {
        file: openedLog,
        find: "const isHeadUncertain = superblock.isHeadUncertain || known.isTailLost || isForked;",
        replace: "const isHeadUncertain = known.isTailLost || isForked;",
      },
    ],
    swarm: {
      ...rotting,
      checkpointOps: 1_024,
      faults: { rot: 1_000_000_000, flap: 1_000_000 },
      strikes: [
        { at: "prepareOk", oneIn: 50, harms: ["rot", "rot", "rot", "rot", "crash"] },
        { at: "recovery", oneIn: 2, harms: ["crash"] },
      ],
    },
  },
  {
    name: "entries above the head count though the view has moved",
    edits: [
      {
        file: openedLog,
        find: "  if (superblock.view > superblock.lastNormalView) {\n",
        replace: "  if (superblock.view > superblock.lastNormalView && superblock.view === 0) {\n",
      },
    ],
    swarm: { replicaCount: 3, faults: { crash: 300_000, flap: 400_000, partition: 700_000 } },
    harmless:
      "they are entries of the last normal view and on the disk, and the view's DoViewChange is stored",
  },
];
