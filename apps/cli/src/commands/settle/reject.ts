import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { settleAll } from "./settle-many.ts";

/** `quorate reject`: it will never succeed. */
export function declareReject(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("reject")
    .description("it will never succeed: a dead letter now")
    .argument("<queue>", "the queue")
    .argument("<lease...>", "its lease, or several")
    .option("--reason <text>", "why; kept with the message")
    .action((queue, leases, { reason }) => {
      const said = reason === undefined ? {} : { reason };
      return settleAll(cli, {
        queue,
        leases,
        as: (leaseId) => ({ leaseId, action: "reject", ...said }),
      });
    });
  addExamples(command, [
    {
      call: `quorate reject orders l_000000000030f7k2m1qx --reason 'no such customer'`,
      does: "to the dead letters",
    },
  ]);
}
