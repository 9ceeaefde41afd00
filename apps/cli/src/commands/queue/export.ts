import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { configInOrder } from "../../arguments/queue-config.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { jsonText } from "../../exact-json.ts";
import { allQueues } from "./all-queues.ts";

/** `quorate queue export`: every configuration, so that `queue apply` can bring it back. */
export function declareQueueExport(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("export")
    .description("the configurations of the queues that the token may read, for `queue apply`")
    .option("--prefix <text>", "only queues whose name begins so")
    .action(async ({ prefix }) => {
      const answer = await allQueues(cli, { prefix });
      const queues = answer.queues
        .map(({ name, config }) => ({ name, config: configInOrder({ ...config }) }))
        .toSorted((left, right) => (left.name < right.name ? -1 : 1));
      // A person who types this wants to see the file, too.
      const of = (): string => jsonText({ queues }, "indented");
      cli.output.answer({ queues }, { kind: "text", of, name: "queues", id: "name" });
    });
  addExamples(command, [
    { call: "quorate queue export > queues.json", does: "a file to keep under version control" },
    { call: "quorate queue export -o ndjson", does: "a line for each queue" },
    {
      call: "quorate queue export --context prod | quorate queue apply -f - --context test",
      does: "give another cluster the same queues",
    },
  ]);
}
