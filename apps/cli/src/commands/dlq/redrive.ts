import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { redriveRateMax } from "@quorate/contract";
import { wholeNumber } from "../../arguments/number.ts";
import { timeText } from "../../arguments/time.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { plural } from "../../output/cell.ts";
import { awaitTask } from "./await-task.ts";
import { taskRecord } from "./task-record.ts";

/** Why a message can be dead. */
const deathReasons = ["max-failures", "max-deliveries", "rejected", "expired"] as const;

/** `quorate dlq redrive`: makes dead letters ready again, as many a second as the rate says. */
export function declareDlqRedrive(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("redrive")
    .description("make dead letters ready again; without a filter all that are dead now")
    .argument("<queue>", "the queue")
    .option("--id <id...>", "only these messages")
    .addOption(new Option("--reason <reason>", "only those dead for this").choices(deathReasons))
    .option("--group <id>", "only those of this group")
    .option("--error-type <name>", "only those whose last error is of this kind")
    .option("--from <time>", "only those dead since this time (RFC 3339)", timeText)
    .option("--to <time>", "only those dead before this time (RFC 3339)", timeText)
    .option("--rate <n>", "messages per second (1000)", wholeNumber(1, redriveRateMax))
    .option("--target <queue>", "into another queue")
    .option("--dry-run", "only count what is meant")
    .option("--wait", "wait until it is done")
    .action(async (queue, options) => {
      const { id: ids, reason, group: groupId, errorType, from, to } = options;
      const { rate, target, dryRun, wait } = options;
      const filter = { ids, reason, groupId, errorType, from, to };
      const { body } = await cli.request("redrive", {
        params: { queue },
        body: { filter, rate, target, dryRun },
      });
      const { taskId, matched, counting } = body;
      if (taskId !== null && wait === true) {
        cli.output.answer(await awaitTask(cli, taskId), taskRecord);
        return;
      }
      const count = `${counting ? "at least " : ""}${plural(matched, "dead letter")}`;
      const line =
        taskId === null
          ? `${count} would be brought back`
          : `task ${taskId} brings back ${count} of ${queue}`;
      cli.output.answer(body, { kind: "text", of: () => line, id: "taskId" });
      if (taskId !== null) cli.output.say(`quorate dlq tasks ${taskId} shows how far it has come.`);
    });
  addExamples(command, [
    { call: "quorate dlq redrive orders --dry-run", does: "how many are there" },
    {
      call: "quorate dlq redrive orders --error-type Timeout --rate 50 --wait",
      does: "only those that timed out, gently",
    },
  ]);
}
