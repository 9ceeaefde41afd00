/** `quorate message …`: single messages. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { declareMessageHistory } from "./message/history.ts";
import { declareMessageLs } from "./message/ls.ts";
import { declareMessageRm } from "./message/rm.ts";
import { declareMessageShow } from "./message/show.ts";

/** Declares the commands. */
export function declareMessage(parent: CommandUnknownOpts, cli: Cli): void {
  const message = parent
    .command("message")
    .description("single messages: look at them, delete them");
  declareMessageLs(message, cli);
  declareMessageShow(message, cli);
  declareMessageHistory(message, cli);
  declareMessageRm(message, cli);
}
