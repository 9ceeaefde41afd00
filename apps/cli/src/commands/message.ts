/** `quorate message …`: looks at messages without touching them. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { declareMessageLs } from "./message/ls.ts";
import { declareMessageShow } from "./message/show.ts";

/** Declares the commands. */
export function declareMessage(parent: CommandUnknownOpts, cli: Cli): void {
  const message = parent.command("message").description("messages, looked at without being taken");
  declareMessageLs(message, cli);
  declareMessageShow(message, cli);
}
