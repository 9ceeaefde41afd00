import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { retryDelayMsMax } from "@quorate/contract";
import { durationBetween } from "../../arguments/duration.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { settleAll } from "./settle-many.ts";

/** `quorate release`: given back, and not counted as a failure. */
export function declareRelease(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("release")
    .description("give it back; this does not count as a failure")
    .argument("<queue>", "the queue")
    .argument("<lease...>", "its lease, or several")
    .option(
      "--delay <duration>",
      "how long nobody gets it (0s)",
      durationBetween(0, retryDelayMsMax),
    )
    .action((queue, leases, { delay }) => {
      const said = delay === undefined ? {} : { delayMs: delay };
      return settleAll(cli, {
        queue,
        leases,
        as: (leaseId) => ({ leaseId, action: "release", ...said }),
      });
    });
  addExamples(command, [
    { call: "quorate release orders l_000000000030f7k2m1qx", does: "somebody else may take it" },
  ]);
}
