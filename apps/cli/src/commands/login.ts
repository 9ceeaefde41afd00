/** `quorate login`: keeps a token with a context, after the gateway has accepted it. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { tokenBytesMax } from "@quorate/contract";
import { Quorate } from "@quorate/sdk";
import type { Cli } from "../cli.ts";
import { namedContext, readContexts, writeContexts } from "../contexts/context-file.ts";
import { addExamples } from "../examples.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

/** Declares the command. */
export function declareLogin(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("login")
    .description("keep a token with the selected context, once the gateway accepts it")
    .action(() => login(cli));
  addExamples(command, [
    { call: "quorate login", does: "asks for the token" },
    { call: "issue-token | quorate login --context prod", does: "reads it from a pipe" },
  ]);
}

async function login(cli: Cli): Promise<void> {
  const { host, globals } = cli;
  const file = host.environment.contextFile;
  const all = readContexts(file);
  const name = globals.context ?? host.environment.context ?? all.current;
  if (name === null) {
    throw new Failure(exitCodes.usage, "no context is selected that could keep the token", {
      hint: "Name the gateway first: quorate context add <name> <address>",
    });
  }
  const context = namedContext(all, name);
  const token = await tokenFrom(cli);
  const { principal, expiresAt } = await principalOf(cli, context.url, token);
  const kept = { ...context, token, tokenFile: null };
  writeContexts(file, { ...all, contexts: { ...all.contexts, [name]: kept } });
  cli.output.say(`${principal.subject} at ${name} (${context.url}), until ${expiresAt}`);
}

async function tokenFrom({ host: { terminal, signal } }: Cli): Promise<string> {
  const text = terminal.inIsTerminal
    ? await terminal.askSecretly("Token (it is not shown): ", signal)
    : new TextDecoder().decode(await terminal.readIn(tokenBytesMax));
  const token = text.trim();
  if (token !== "") return token;
  throw new Failure(exitCodes.usage, "there is no token in the input");
}

/** Who the token is for, at this gateway and no other. */
async function principalOf(cli: Cli, url: string, token: string) {
  const client = new Quorate({ url, token, userAgent: "quorate-cli" });
  const { body } = await client.request("getMe", { signal: cli.host.signal });
  return body;
}
