/** `quorate dlq …`: dead letters. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { declareDlqLs } from "./dlq/ls.ts";
import { declareDlqShow } from "./dlq/show.ts";

/** Declares the commands. */
export function declareDlq(parent: CommandUnknownOpts, cli: Cli): void {
  const dlq = parent.command("dlq").description("dead letters: why, and what to do with them");
  declareDlqLs(dlq, cli);
  declareDlqShow(dlq, cli);
}
