/** `quorate doctor`: what is wrong between here and a quorum, and what to do about it. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { examine } from "../doctor/examine.ts";
import { exitCodeOfAll, type Finding, worstOf } from "../doctor/finding.ts";
import { conclusionText, findingText } from "../doctor/finding-text.ts";
import { addExamples } from "../examples.ts";

/** Declares the command. */
export function declareDoctor(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("doctor")
    .description("what is wrong between here and a quorum, and what to do: 0 all well, 1 a look")
    .action(async () => {
      const findings: Finding[] = [];
      for await (const finding of examine(cli)) {
        findings.push(finding);
        // A person watches, and some checks take seconds.
        if (cli.output.format === "table") cli.output.text(findingText(finding, styleOf(cli)));
      }
      conclude(cli, findings);
      cli.endWith(exitCodeOfAll(findings));
    });
  addExamples(command, [
    { call: "quorate doctor", does: "address, token, way, gateway, quorum, one after the other" },
    { call: "quorate doctor --context prod -o json", does: "the same of prod, for a report" },
  ]);
}

function styleOf({ host, output }: Cli) {
  return { paint: output.paint, columns: host.terminal.out.columns };
}

function conclude(cli: Cli, findings: readonly Finding[]): void {
  const checks = findings.map(({ exitCode: _exitCode, ...finding }) => finding);
  cli.output.answer(
    { verdict: worstOf(findings), checks },
    {
      kind: "text",
      isDrawn: true,
      of: () => `\n${conclusionText(findings, styleOf(cli))}`,
      name: "checks",
      id: "check",
    },
  );
}
