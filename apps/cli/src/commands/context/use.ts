import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { namedContext, readContexts, writeContexts } from "../../contexts/context-file.ts";
import { addExamples } from "../../examples.ts";

/** `quorate context use`. */
export function declareContextUse(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("use")
    .description("select a context for all later commands")
    .argument("<name>", "its name")
    .action((name) => {
      const file = cli.host.environment.contextFile;
      const all = readContexts(file);
      const { url } = namedContext(all, name);
      writeContexts(file, { ...all, current: name });
      cli.output.say(`${name} (${url}) is selected`);
    });
  addExamples(command, [{ call: "quorate context use prod", does: "talk to prod from now on" }]);
}
