/** Said before it is durable. */
import type { Mutant } from "./mutant.ts";

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
];
