import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { retryDelayMsMax } from "@quorate/contract";
import { durationBetween } from "../../arguments/duration.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { settleAll } from "./settle-many.ts";

/** `quorate nack`: it failed, and is to be tried again. */
export function declareNack(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("nack")
    .description("it failed: try again later, or dead when it has failed too often")
    .argument("<queue>", "the queue")
    .argument("<lease...>", "its lease, or several")
    .option(
      "--delay <duration>",
      "how long to wait (as the queue's backoff says)",
      durationBetween(0, retryDelayMsMax),
    )
    .option("--error <text>", "what went wrong; kept with the message")
    .option("--error-type <name>", "its kind, to filter by later")
    .action((queue, leases, { delay, error, errorType }) => {
      const isSaid = error !== undefined || errorType !== undefined;
      const said = {
        ...(delay === undefined ? {} : { delayMs: delay }),
        ...(isSaid ? { error: { message: error, type: errorType } } : {}),
      };
      return settleAll(cli, {
        queue,
        leases,
        as: (leaseId) => ({ leaseId, action: "nack", ...said }),
      });
    });
  addExamples(command, [
    {
      call: `quorate nack orders l_000000000030f7k2m1qx --error 'no stock' --delay 10m`,
      does: "again in ten minutes",
    },
  ]);
}
