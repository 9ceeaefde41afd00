import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { settleAll } from "./settle-many.ts";

/** `quorate ack`: the message is done. */
export function declareAck(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("ack")
    .description("the message is done")
    .argument("<queue>", "the queue")
    .argument("<lease...>", "its lease, or several")
    .action((queue, leases) =>
      settleAll(cli, { queue, leases, as: (leaseId) => ({ leaseId, action: "ack" }) }),
    );
  addExamples(command, [
    { call: "quorate ack orders l_000000000030f7k2m1qx", does: "done, and gone" },
  ]);
}
