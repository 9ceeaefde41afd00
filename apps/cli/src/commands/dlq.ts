/** `quorate dlq …`: dead letters. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { declareDlqCancel } from "./dlq/cancel.ts";
import { declareDlqDiscard } from "./dlq/discard.ts";
import { declareDlqLs } from "./dlq/ls.ts";
import { declareDlqReasons } from "./dlq/reasons.ts";
import { declareDlqRedrive } from "./dlq/redrive.ts";
import { declareDlqShow } from "./dlq/show.ts";
import { declareDlqTasks } from "./dlq/tasks.ts";

/** Declares the commands. */
export function declareDlq(parent: CommandUnknownOpts, cli: Cli): void {
  const dlq = parent.command("dlq").description("dead letters: why, and what to do with them");
  declareDlqLs(dlq, cli);
  declareDlqReasons(dlq, cli);
  declareDlqShow(dlq, cli);
  declareDlqRedrive(dlq, cli);
  declareDlqTasks(dlq, cli);
  declareDlqCancel(dlq, cli);
  declareDlqDiscard(dlq, cli);
}
