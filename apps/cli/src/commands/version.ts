/** `quorate version`. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { addExamples } from "../examples.ts";
import { version, versionText } from "../version.ts";

/** Declares the command. */
export function declareVersion(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("version")
    .description("the version of this command and of its Node")
    .action(() => {
      const { node } = process.versions;
      cli.output.answer({ version, node }, { kind: "text", of: () => versionText, id: "version" });
    });
  addExamples(command, [{ call: "quorate version", does: "what runs here" }]);
}
