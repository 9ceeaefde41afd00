/** `quorate top`: the queues as they move, until it is interrupted. */
import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { Queues } from "@quorate/sdk";
import { durationMs } from "../arguments/duration.ts";
import type { Cli } from "../cli.ts";
import { addExamples } from "../examples.ts";
import { lookOptions, type Canvas, watchLive } from "../live/watch-live.ts";
import { sortedBy, type SortKey, sortKeys } from "../top/top-queue.ts";
import { topText } from "../top/top-text.ts";
import { allQueues } from "./queue/all-queues.ts";

/** Time between two looks, in ms: rates are of a minute, and a calm picture is read more easily. */
const intervalMsDefault = 1000;

/** Queues that a look asks for, 100 with each call: more would take longer than the interval. */
const queuesMax = 1000;

/** Declares the command. */
export function declareTop(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("top")
    .description("the queues as they move: depths, rates, ages, who asks; until Ctrl-C")
    .option("--prefix <text>", "only queues whose name begins so")
    .addOption(
      new Option("--sort <column>", "the largest first")
        .choices(sortKeys)
        .default("ready" as const),
    )
    .option("--interval <duration>", "time between two looks (1s)", durationMs)
    .option("--once", "look once")
    .action(async ({ prefix, sort, interval = intervalMsDefault, once }) => {
      if (once === true) await showOnce(cli, prefix, sort);
      else {
        await watchLive<Queues>(cli, {
          intervalMs: interval,
          look: () => allQueues(cli, { prefix, enough: queuesMax, options: lookOptions }),
          draw: (seen, canvas) => draw(cli, seen, { sort, canvas }),
          line: (seen) => ({ ...seen, queues: sortedBy(sort, seen.queues) }),
        });
      }
    });
  addExamples(command, [
    { call: "quorate top", does: "where is what, and what moves" },
    { call: "quorate top --sort oldest --prefix mail.", does: "which mail waits longest" },
    {
      call: "quorate top --once --sort dead -o id | head -3",
      does: "the three with most dead letters",
    },
  ]);
}

async function showOnce(cli: Cli, prefix: string | undefined, sort: SortKey): Promise<void> {
  const seen = await allQueues(cli, { prefix });
  const canvas = { isStale: false, rows: Infinity };
  cli.output.answer(
    { ...seen, queues: sortedBy(sort, seen.queues) },
    {
      kind: "text",
      isDrawn: true,
      of: () => draw(cli, seen, { sort, canvas }),
      name: "queues",
      id: "name",
    },
  );
}

function draw(
  cli: Cli,
  { queues, cursor }: Queues,
  { sort, canvas }: { readonly sort: SortKey; readonly canvas: Canvas },
): string {
  const { columns } = cli.host.terminal.out;
  return topText(queues, {
    ...canvas,
    sort,
    columns,
    paint: cli.output.paint,
    name: cli.connection().name,
    isPartial: cursor !== undefined,
  });
}
