/** What administrators do, done wrong: found by nobody but them, and under faults alone. */
import type { SwarmOptions } from "../run/swarm.ts";
import type { Mutant } from "./mutant.ts";

const queue = "packages/queue/src";

/** Members that restart from checkpoints, again and again. */
const administrated: Partial<SwarmOptions> = {
  replicaCount: 3,
  checkpointOps: 8,
  administrators: 4,
  faults: { crash: 400_000 },
};

export const queueMutants: readonly Mutant[] = [
  {
    name: "purge under a key done again for whoever repeats it",
    edits: [
      {
        file: `${queue}/once.ts`,
        find: "  if (isDone) remember",
        replace: '  if (isDone && operation.type !== "purge") remember',
      },
    ],
    swarm: { administrators: 4 },
  },
  {
    name: "pause is no part of a checkpoint",
    edits: [
      {
        file: `${queue}/queue.ts`,
        find: "    this.paused = readPauses(reader);\n",
        replace: "    readPauses(reader);\n",
      },
    ],
    swarm: administrated,
  },
  {
    name: "redrive's place among the dead letters lost at a checkpoint",
    edits: [
      {
        file: `${queue}/task.ts`,
        find: "    next: reader.u64(),\n",
        replace: "    next: reader.u64() * 0,\n",
      },
    ],
    swarm: administrated,
  },
  {
    name: "cancelled redrive goes on after a restart",
    edits: [
      {
        file: `${queue}/tasks.ts`,
        find: '      if (task.state === "running") this.runningOnes.add(task);\n',
        replace: '      if (task.state !== "done") this.runningOnes.add(task);\n',
      },
    ],
    swarm: administrated,
  },
  {
    name: "names of redriven messages not found again after a state transfer",
    edits: [
      {
        file: `${queue}/moved-table.ts`,
        find: "if (this.records.u32(record, field.message) !== 0) this.index(record);",
        replace: "this.records.u32(record, field.message);",
      },
    ],
    swarm: { ...administrated, faults: { absence: 500_000 } },
  },
  {
    name: "purges of a queue counted from 0 again after a restart",
    edits: [
      {
        file: `${queue}/queue.ts`,
        find: "    this.era = reader.u32();\n",
        replace: "    this.era = reader.u32() * 0;\n",
      },
    ],
    swarm: administrated,
  },
];
