import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Queue } from "@quorate/sdk";
import { durationMs } from "../../arguments/duration.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { lookOptions, watchLive } from "../../live/watch-live.ts";
import { recordText } from "../../output/table.ts";
import { queueStatsColumns } from "./queue-columns.ts";

/** Time between two looks, in ms: rates are of a minute. */
const intervalMsDefault = 1000;

/** `quorate queue stats`: depths and rates of one queue, once or all the time. */
export function declareQueueStats(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("stats")
    .description("a queue's depths and rates")
    .argument("<queue>", "the queue")
    .option("-w, --watch", "go on until Ctrl-C")
    .option("--interval <duration>", "time between two looks (1s)", durationMs)
    .action(async (queue, { watch, interval = intervalMsDefault }) => {
      const params = { queue };
      if (watch === true) {
        await watchLive(cli, {
          intervalMs: interval,
          look: async () => {
            return statsOf((await cli.request("getQueue", { params, ...lookOptions })).body);
          },
          draw: (seen, { isStale }) => drawn(cli, seen, isStale),
          line: (seen) => seen,
        });
        return;
      }
      const { body } = await cli.request("getQueue", { params });
      const view = { kind: "record", id: "name", columns: queueStatsColumns } as const;
      cli.output.answer(statsOf(body), view);
    });
  addExamples(command, [
    { call: "quorate queue stats orders", does: "how it does" },
    { call: "quorate queue stats orders --watch", does: "watch it being emptied" },
  ]);
}

function statsOf({ name, stats, paused, coord }: Queue) {
  return { name, stats, paused, coord };
}

function drawn(cli: Cli, seen: ReturnType<typeof statsOf>, isStale: boolean): string {
  const { paint } = cli.output;
  const columns = [{ title: "queue", of: "name" }, ...queueStatsColumns];
  const text = recordText({ ...seen }, columns, {
    nowMs: cli.host.nowMs(),
    // What is no longer current is grey as a whole.
    paint: isStale ? (_meaning, plain) => plain : paint,
  });
  return isStale
    ? text
        .split("\n")
        .map((line) => paint("quiet", line))
        .join("\n")
    : text;
}
