import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { parseFields } from "../../exact-json.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { messageRecord } from "../message/show.ts";

/** `quorate dlq show`: as `message show`, and only of a dead letter. */
export function declareDlqShow(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("show")
    .description("one dead letter with its error history")
    .argument("<queue>", "the queue")
    .argument("<message>", "its id")
    .action(async (queue, messageId) => {
      const { body, text } = await cli.request("getMessage", { params: { queue, messageId } });
      if (body.state !== "dead") {
        throw new Failure(
          exitCodes.notFound,
          `${messageId} is no dead letter: it is ${body.state}`,
        );
      }
      cli.output.answer(parseFields(text), messageRecord);
    });
  addExamples(command, [
    {
      call: "quorate dlq show orders m_00000000000g00000000",
      does: "what went wrong, the newest first",
    },
  ]);
}
