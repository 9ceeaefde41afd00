import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { namedContext, readContexts, writeContexts } from "../../contexts/context-file.ts";
import { addExamples } from "../../examples.ts";

/** `quorate context rm`: forgets the name, and the token that was kept with it. */
export function declareContextRm(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("rm")
    .description("forget a context and its token")
    .argument("<name>", "its name")
    .action((name) => {
      const file = cli.host.environment.contextFile;
      const all = readContexts(file);
      namedContext(all, name);
      const { [name]: _removed, ...contexts } = all.contexts;
      writeContexts(file, { current: all.current === name ? null : all.current, contexts });
      cli.output.say(`${name} is forgotten`);
    });
  addExamples(command, [{ call: "quorate context rm prod", does: "forget it" }]);
}
