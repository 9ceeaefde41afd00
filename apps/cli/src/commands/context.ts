/** `quorate context …`: names for gateways, so that nobody types addresses and tokens. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { declareContextAdd } from "./context/add.ts";
import { declareContextLs } from "./context/ls.ts";
import { declareContextRm } from "./context/rm.ts";
import { declareContextShow } from "./context/show.ts";
import { declareContextUse } from "./context/use.ts";

/** Declares the commands. */
export function declareContext(parent: CommandUnknownOpts, cli: Cli): void {
  const context = parent.command("context").description("names for gateways and their tokens");
  declareContextAdd(context, cli);
  declareContextLs(context, cli);
  declareContextUse(context, cli);
  declareContextShow(context, cli);
  declareContextRm(context, cli);
}
