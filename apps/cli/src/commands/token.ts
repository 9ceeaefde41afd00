/** `quorate token …`: tokens of the dev issuer, and what is in any token. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { declareTokenInspect } from "./token/inspect.ts";
import { declareTokenMint } from "./token/mint.ts";

/** Declares the commands. */
export function declareToken(parent: CommandUnknownOpts, cli: Cli): void {
  const token = parent
    .command("token")
    .description("look into tokens, and sign some for a dev cluster");
  declareTokenInspect(token, cli);
  declareTokenMint(token, cli);
}
