import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { textAt } from "../../exact-json.ts";
import { addExamples } from "../../examples.ts";
import type { View } from "../../output/output.ts";

const view: View = {
  kind: "record",
  id: "name",
  columns: [
    { title: "name", of: "name" },
    { title: "gateway", of: "url" },
    { title: "from", of: "urlFrom" },
    { title: "token", of: (shown) => textAt(shown, "tokenFrom") || "none" },
  ],
};

/** `quorate context show`: what the next command would talk to, and why. */
export function declareContextShow(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("show")
    .description("which gateway and token are used here, and what says so")
    .action(() => {
      const { name, url, urlFrom, tokenFrom } = cli.connection();
      cli.output.answer({ name, url, urlFrom, tokenFrom }, view);
    });
  addExamples(command, [
    { call: "quorate context show", does: "flag, environment, context or dev cluster?" },
    { call: "quorate context show --context prod", does: "the same for another context" },
  ]);
}
