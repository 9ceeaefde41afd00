import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { readContexts } from "../../contexts/context-file.ts";
import { addExamples } from "../../examples.ts";
import type { View } from "../../output/output.ts";
import { contextFields } from "./context-fields.ts";

const view: View = {
  kind: "list",
  name: "contexts",
  id: "name",
  empty: "No contexts. `quorate context add <name> <address>` makes one.",
  columns: [
    { title: "", of: ({ isCurrent }) => (isCurrent === true ? "*" : " ") },
    { title: "NAME", of: "name" },
    { title: "GATEWAY", of: "url" },
    { title: "TOKEN", of: "token" },
  ],
};

/** `quorate context ls`. */
export function declareContextLs(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("ls")
    .description("all contexts; a star marks the selected one")
    .action(() => {
      const all = readContexts(cli.host.environment.contextFile);
      const contexts = Object.entries(all.contexts).map(([name, context]) =>
        contextFields(name, context, all.current === name),
      );
      cli.output.answer({ contexts }, view);
    });
  addExamples(command, [{ call: "quorate context ls", does: "which gateways have names here" }]);
}
