import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { isQuorateError } from "@quorate/sdk";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { type Fields, parseFields } from "../../exact-json.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { historyOf } from "../../message-history/history.ts";
import { historyText } from "../../message-history/history-text.ts";

/** `quorate message history`: what happened to a message, and what of that is not kept. */
export function declareMessageHistory(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("history")
    .description("what happened to a message, and what lies ahead of it, as far as it is kept")
    .argument("<queue>", "the queue")
    .argument("<message>", "its id")
    .action(async (queue, messageId) => {
      const history = historyOf(queue, await messageIn(cli, queue, messageId));
      const { terminal, nowMs } = cli.host;
      const { columns } = terminal.out;
      const style = { paint: cli.output.paint, columns, nowMs: nowMs() };
      cli.output.answer(history, {
        kind: "text",
        isDrawn: true,
        of: () => historyText(history, style),
        name: "events",
        id: "at",
      });
    });
  addExamples(command, [
    {
      call: "quorate message history orders m_00000000000g00000000",
      does: "why is it not done yet?",
    },
  ]);
}

async function messageIn(cli: Cli, queue: string, messageId: string): Promise<Fields> {
  try {
    const { text } = await cli.request("getMessage", { params: { queue, messageId } });
    return parseFields(text);
  } catch (cause) {
    if (!isQuorateError(cause) || cause.code !== "message-not-found") throw cause;
    throw new Failure(exitCodes.notFound, `${messageId} is not in ${queue}`, {
      cause,
      hint: "It was acknowledged, deleted or purged, it has expired, or it was never there: of what has left a queue nothing is kept.",
    });
  }
}
