/** `quorate check`: for probes. The exit code says it; nothing else has to be read. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { addExamples } from "../examples.ts";
import { exitCodes } from "../exit-codes.ts";

/** Declares the command. */
export function declareCheck(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("check")
    .description("for probes: 0 when the gateway serves with a quorum, else 7")
    .option("--live", "only ask whether the gateway's process runs")
    .action(({ live }) => (live === true ? checkLive(cli) : checkReady(cli)));
  addExamples(command, [
    { call: "quorate check --timeout 2s -q", does: "in a probe: the exit code is the answer" },
    { call: "until quorate check -q; do sleep 1; done", does: "wait for a cluster" },
  ]);
}

async function checkLive(cli: Cli): Promise<void> {
  const { body } = await cli.request("livez", { maxRetries: 0 });
  cli.output.answer(body, { kind: "text", of: () => "live", id: "status" });
}

async function checkReady(cli: Cli): Promise<void> {
  const { body } = await cli.request("readyz", { maxRetries: 0 });
  const { status, reason } = body;
  cli.output.answer(body, {
    kind: "text",
    of: () => (reason === null ? status : `${status}: ${reason}`),
    id: "status",
  });
  if (status !== "ready") cli.endWith(exitCodes.unavailable);
}
