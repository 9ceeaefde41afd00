import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { wholeNumber } from "../../arguments/number.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { ageAt } from "../../output/age.ts";
import type { View } from "../../output/output.ts";
import { byCursor, limitDefault, limitMax, tellOfMore } from "../message/list-messages.ts";
import { readPages } from "../pages.ts";

const view: View = {
  kind: "list",
  name: "groups",
  id: "groupId",
  empty: "No groups.",
  columns: [
    { title: "GROUP", of: "groupId", shrinks: true },
    { title: "STATE", of: "state" },
    { title: "WAITING", of: "waiting", align: "right" },
    { title: "HEAD", of: "head" },
    { title: "FOR", of: ageAt("since"), align: "right" },
  ],
};

/** `quorate queue groups`: which group waits for what. */
export function declareQueueGroups(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("groups")
    .description("a queue's groups, and what each of them waits for")
    .argument("<queue>", "the queue")
    .addOption(
      new Option("--state <state>", "only such groups").choices([
        "ready",
        "locked",
        "waiting",
        "dead",
      ] as const),
    )
    .option("--limit <n>", "groups at most", wholeNumber(1, limitMax), limitDefault)
    .option("--cursor <cursor>", "go on where an answer ended")
    .action(async (queue, { state, limit, cursor }) => {
      const answer = await readPages({ name: "groups", limit, cursor }, (page) =>
        cli.request("listGroups", { params: { queue }, query: { state, ...page } }),
      );
      cli.output.answer(answer, view);
      tellOfMore(cli, answer, byCursor);
    });
  addExamples(command, [
    { call: "quorate queue groups orders --state dead", does: "groups that a dead letter blocks" },
  ]);
}
