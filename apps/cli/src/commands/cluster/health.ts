import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cluster } from "@quorate/sdk";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { type ExitCode, exitCodes } from "../../exit-codes.ts";
import { wrapped } from "../../output/wrapped.ts";
import { sentenceOf } from "../../status/sentence.ts";

/** `quorate cluster health`: one sentence, and an exit code that says the same. */
export function declareClusterHealth(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("health")
    .description("0 when all members work, 1 when some do not, 7 when nothing is accepted")
    .action(async () => {
      const { body } = await cli.request("getCluster", {});
      const { columns } = cli.host.terminal.out;
      cli.output.answer(body, {
        kind: "text",
        of: () => wrapped(sentenceOf(body), columns).join("\n"),
        id: "status",
      });
      cli.endWith(healthCode(body));
    });
  addExamples(command, [
    { call: "quorate cluster health", does: "is all well?" },
    { call: "quorate cluster health -q -o id", does: "one word: normal, no-quorum, …" },
  ]);
}

/** The exit code for a state of the cluster. */
export function healthCode({ status, members }: Cluster): ExitCode {
  const isServing = status === "normal" || status === "reconfiguring";
  if (!isServing) return exitCodes.unavailable;
  return members.every((member) => member.status === "normal") ? exitCodes.ok : exitCodes.error;
}
