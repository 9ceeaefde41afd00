/** The options that every command takes, before or after its name. */
import { Command, Option } from "@commander-js/extra-typings";
import { durationBetween } from "./arguments/duration.ts";
import { devRoles } from "./contexts/dev-file.ts";
import { outputFormats } from "./output/output.ts";

/** The most that a call may take: a day. */
const timeoutMsMax = 86_400_000;

/** The command without its subcommands. */
export function rootCommand() {
  return new Command("quorate")
    .description("Queues, messages and the cluster, from a terminal.")
    .addOption(
      new Option("-o, --output <format>", "how data is printed (a table, or JSON into a pipe)")
        .choices(outputFormats)
        .conflicts("json"),
    )
    .option("--json", "the same as -o json")
    .option("-q, --quiet", "say nothing but data and errors")
    .option("--context <name>", "use this context instead of the selected one")
    .option("--url <address>", "use this gateway instead of a context's")
    .option("--token-file <file>", "use the token in this file")
    .addOption(
      new Option("--as <role>", "whose token of the dev cluster to use (admin)").choices(devRoles),
    )
    .option(
      "--timeout <duration>",
      "give a call up after this time, retries included (30s)",
      durationBetween(1, timeoutMsMax),
    );
}

/** What the options that every command takes hold. */
export type Globals = ReturnType<ReturnType<typeof rootCommand>["opts"]>;
