import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { leaseMsMax, leaseMsMin } from "@quorate/contract";
import { durationBetween } from "../../arguments/duration.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { settleAll } from "./settle-many.ts";

/** `quorate extend`: keeps a message longer. */
export function declareExtend(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("extend")
    .description("keep it longer")
    .argument("<queue>", "the queue")
    .argument("<lease...>", "its lease, or several")
    .option(
      "--lease <duration>",
      "how long from now (the queue's default)",
      durationBetween(leaseMsMin, leaseMsMax),
    )
    .action((queue, leases, { lease }) => {
      const said = lease === undefined ? {} : { leaseMs: lease };
      return settleAll(cli, {
        queue,
        leases,
        as: (leaseId) => ({ leaseId, action: "extend", ...said }),
      });
    });
  addExamples(command, [
    { call: "quorate extend orders l_000000000030f7k2m1qx --lease 5m", does: "five minutes more" },
  ]);
}
