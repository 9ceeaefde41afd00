import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { inputBytes, standardInput } from "../../arguments/input-bytes.ts";
import type { Cli } from "../../cli.ts";
import { confirmByName } from "../../confirm.ts";
import { addExamples } from "../../examples.ts";
import { exitCodes } from "../../exit-codes.ts";
import { plural } from "../../output/cell.ts";
import { carryOut } from "../../queue-file/carry-out.ts";
import { type Plan, planFor, type Pruning } from "../../queue-file/plan.ts";
import { countsOf, planText, type Tense } from "../../queue-file/plan-text.ts";
import { queueFileText, readQueueFile } from "../../queue-file/queue-file.ts";

/** Bytes of a file: 10,000 queues, which a cluster holds at most, take less than half of it. */
const fileBytesMax = 16 * 1024 * 1024;

/** Names of queues that a question holds; more are not read by anybody. */
const namesShownMax = 10;

/** `quorate queue apply`: makes queues as a file says; what is so already is left alone. */
export function declareQueueApply(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("apply")
    .description("create and change queues as a file says; what it does not name stays")
    .requiredOption("-f, --file <file>", "what `queue export` writes; - reads standard input")
    .option("--dry-run", "only say what would change: 0 when nothing, 1 when something")
    .option("--prune", "delete empty queues that the file does not name")
    .option("--prefix <text>", "with --prune: only queues whose name begins so")
    .option("--confirm <n>", "with --prune: how many it deletes, instead of being asked")
    .action(async ({ file, dryRun, prune, prefix = "", confirm }) => {
      const pruning = prune === true ? { prefix } : null;
      const plan = await planOf(cli, file, pruning);
      if (dryRun === true) {
        print(cli, plan, "would");
        if (plan.steps.length > 0) cli.endWith(exitCodes.error);
        return;
      }
      await confirmDeletions(cli, plan, confirm);
      await carryOut(cli, plan.steps);
      print(cli, plan, "did");
    });
  command.addHelpText("after", `\n${queueFileText}`);
  addExamples(command, [
    { call: "quorate queue apply -f queues.json --dry-run", does: "look first" },
    { call: "quorate queue apply -f queues.json", does: "doing it again changes nothing" },
    {
      call: "quorate queue apply -f mail.json --prune --prefix mail. --confirm 2",
      does: "and delete the two mail queues that are no longer in the file",
    },
  ]);
}

async function planOf(cli: Cli, file: string, pruning: Pruning | null): Promise<Plan> {
  const bytes = await inputBytes(file, cli.host, fileBytesMax);
  const source = file === standardInput ? "standard input" : file;
  return await planFor(cli, readQueueFile(new TextDecoder().decode(bytes), source), pruning);
}

async function confirmDeletions(
  cli: Cli,
  { steps }: Plan,
  given: string | undefined,
): Promise<void> {
  const deleted = steps.filter(({ action }) => action === "delete");
  if (deleted.length === 0) return;
  const names = deleted.slice(0, namesShownMax).map(({ name }) => name);
  const more = deleted.length > names.length ? ", …" : "";
  const list = `${names.join(", ")}${more}`;
  const what = `this deletes ${plural(deleted.length, "queue")} for good (${list})`;
  await confirmByName(cli, { what, name: String(deleted.length), given });
}

function print(cli: Cli, plan: Plan, tense: Tense): void {
  for (const { name, exceeded } of plan.steps) {
    if (exceeded.length > 0) {
      cli.output.warn(`${name} holds more than ${exceeded.join(", ")} would allow.`);
    }
  }
  const counts = countsOf(plan.steps).map(({ action, count }) => [`${action}d`, count] as const);
  const answer = {
    queues: plan.steps.map(({ put: _put, ...step }) => step),
    summary: { created: 0, changed: 0, deleted: 0, ...Object.fromEntries(counts) },
    unchanged: plan.unchanged,
    dryRun: tense === "would",
  };
  cli.output.answer(answer, {
    kind: "text",
    isDrawn: true,
    of: () => planText(plan, tense, cli.output.paint),
    name: "queues",
    id: "name",
  });
}
