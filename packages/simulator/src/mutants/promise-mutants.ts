/** Said before it is durable. */
import type { Mutant } from "./mutant.ts";

const acknowledge = "packages/vsr/src/acknowledge.ts";
const perform = "packages/runtime/src/perform.ts";

export const promiseMutants: readonly Mutant[] = [
  {
    name: "append acknowledged before fsync",
    edits: [
      {
        file: perform,
        find: 'ports.journal.append(effect.entries, () => ports.dispatch({ kind: "appended", generation, op }));',
        replace: `
  ports.journal.append(effect.entries, () => undefined);
  ports.dispatch({ kind: "appended", generation, op });`,
      },
    ],
  },
  {
    name: "superblock taken for stored before fsync",
    edits: [
      {
        file: perform,
        find: '      return ports.journal.writeSuperblock(effect.superblock, () => {\n        ports.dispatch({ kind: "superblock-stored", write: effect.write });\n      });',
        replace: `
      ports.journal.writeSuperblock(effect.superblock, () => undefined);
      return ports.dispatch({ kind: "superblock-stored", write: effect.write });`,
      },
    ],
  },
  {
    name: "fetched entries taken for stored before fsync",
    edits: [
      {
        file: perform,
        find: '      return ports.journal.append(effect.entries, () => {\n        ports.dispatch({ kind: "repaired", entries: effect.entries });\n      });',
        replace: `
      ports.journal.append(effect.entries, () => undefined);
      return ports.dispatch({ kind: "repaired", entries: effect.entries });`,
      },
    ],
  },
  {
    name: "view not durable before DoViewChange",
    edits: [
      {
        file: "packages/vsr/src/enter-view.ts",
        find: '  writeSuperblock(replica, replica.log.head, "view-entered");\n',
        replace: `
  writeSuperblock(replica, replica.log.head, "view-entered");
  const index = view % replica.identity.voterCount;
  if (index !== replica.identity.index) {
    const packet = replica.doViewChange;
    replica.effects.push({ kind: "send", to: { kind: "replica", index }, packet });
  }
`,
      },
    ],
  },
  {
    name: "entries acknowledged that stand above a hole",
    edits: [
      {
        file: acknowledge,
        find: "  for (let next = before + 1; next <= replica.log.storedOp; next++) {",
        replace: "  for (let next = before + 1; next <= replica.log.headOp; next++) {",
      },
    ],
  },
  {
    name: "acknowledges in a view whose log it has not installed",
    edits: [
      {
        file: acknowledge,
        find: '  if (replica.status !== "normal") return;\n',
        replace: "",
      },
    ],
    swarm: { replicaCount: 3, faults: { rot: 100_000, crash: 300_000, flap: 500_000 } },
  },
  {
    name: "completion of an append that was cut is taken",
    edits: [
      {
        file: acknowledge,
        find: "  if (generation !== replica.log.generation) return;\n",
        replace: "",
      },
    ],
    harmless: "the journal writes in order: what came after the cut completes later",
  },
  {
    name: "what no disk has confirmed is told in the DoViewChange",
    edits: [
      {
        file: "packages/vsr/src/enter-view.ts",
        find: "  replica.log.cutAppending();\n",
        replace: "  replica.log.markStored(replica.log.headOp);\n",
      },
    ],
    harmless:
      "the journal writes in order: the superblock that a DoViewChange waits for comes after it",
  },
];
