/** `quorate queue …`: queues, their configuration and their state. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { declareQueueApply } from "./queue/apply.ts";
import { declareQueueConsumers } from "./queue/consumers.ts";
import { declareQueueCreate } from "./queue/create.ts";
import { declareQueueDiff } from "./queue/diff.ts";
import { declareQueueExport } from "./queue/export.ts";
import { declareQueueGroups } from "./queue/groups.ts";
import { declareQueueLs } from "./queue/ls.ts";
import { declareQueuePause } from "./queue/pause.ts";
import { declareQueuePurge } from "./queue/purge.ts";
import { declareQueueResume } from "./queue/resume.ts";
import { declareQueueRm } from "./queue/rm.ts";
import { declareQueueSet } from "./queue/set.ts";
import { declareQueueShow } from "./queue/show.ts";
import { declareQueueStats } from "./queue/stats.ts";

/** Declares the commands. */
export function declareQueue(parent: CommandUnknownOpts, cli: Cli): void {
  const queue = parent.command("queue").description("queues, their configuration and their state");
  declareQueueLs(queue, cli);
  declareQueueCreate(queue, cli);
  declareQueueShow(queue, cli);
  declareQueueStats(queue, cli);
  declareQueueGroups(queue, cli);
  declareQueueConsumers(queue, cli);
  declareQueueSet(queue, cli);
  declareQueueDiff(queue, cli);
  declareQueueExport(queue, cli);
  declareQueueApply(queue, cli);
  declareQueuePause(queue, cli);
  declareQueueResume(queue, cli);
  declareQueuePurge(queue, cli);
  declareQueueRm(queue, cli);
}
