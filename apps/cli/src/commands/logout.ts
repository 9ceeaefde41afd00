/** `quorate logout`: forgets the token of a context. The token stays valid until it ends. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { namedContext, readContexts, writeContexts } from "../contexts/context-file.ts";
import { addExamples } from "../examples.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

/** Declares the command. */
export function declareLogout(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("logout")
    .description("forget the token of the selected context")
    .action(() => logout(cli));
  addExamples(command, [{ call: "quorate logout --context prod", does: "forget prod's token" }]);
}

function logout({ host, globals, output }: Cli): void {
  const file = host.environment.contextFile;
  const all = readContexts(file);
  const name = globals.context ?? host.environment.context ?? all.current;
  if (name === null) throw new Failure(exitCodes.usage, "no context is selected");
  const context = namedContext(all, name);
  const forgotten = { ...context, token: null, tokenFile: null };
  writeContexts(file, { ...all, contexts: { ...all.contexts, [name]: forgotten } });
  output.say(`${name} has no token any more; the token itself stays valid until it ends`);
}
