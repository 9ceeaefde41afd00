/** `quorate whoami`: what the token stands for, as the gateway sees it. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { addExamples } from "../examples.ts";
import { type Fields, listedTexts } from "../exact-json.ts";
import type { View } from "../output/output.ts";
import { wordsText } from "../output/words-text.ts";

/** Declares the command. */
export function declareWhoami(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("whoami")
    .description("the principal and the scopes of the token")
    .action(async () => {
      const { body } = await cli.request("getMe", {});
      cli.output.answer(body, meView(cli.connection()));
    });
  addExamples(command, [
    { call: "quorate whoami", does: "who am I, and what may I do" },
    { call: "quorate whoami --as producer", does: "what the dev cluster's producer may do" },
  ]);
}

/** A table of the principal, and of where gateway and token come from. */
function meView(from: {
  readonly url: string;
  readonly urlFrom: string;
  readonly tokenFrom: string | null;
}): View {
  return {
    kind: "record",
    id: "principal.subject",
    columns: [
      { title: "principal", of: "principal.subject" },
      { title: "issuer", of: "principal.issuer" },
      { title: "scopes", of: (me: Fields) => wordsText(listedTexts(me, "scopes")) },
      { title: "until", of: "expiresAt" },
      { title: "cluster", of: "clusterId" },
      { title: "gateway", of: () => `${from.url} (${from.urlFrom})` },
      { title: "token", of: () => from.tokenFrom ?? "none" },
    ],
  };
}
