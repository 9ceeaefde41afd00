import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { type Fields, isFields, listAt, parseFields, textAt, valueAt } from "../../exact-json.ts";
import { needsPeek, wholeBodyText } from "../../output/body-text.ts";
import { absent, cellText } from "../../output/cell.ts";
import type { View } from "../../output/output.ts";

/** One message, line by line; its error history below one another. */
export const messageRecord: View = {
  kind: "record",
  id: "messageId",
  columns: [
    { title: "message", of: "messageId" },
    { title: "seq", of: "seq" },
    { title: "state", of: "state" },
    { title: "group", of: "groupId" },
    { title: "dedup id", of: "dedupId" },
    { title: "priority", of: "priority" },
    { title: "enqueued", of: "enqueuedAt" },
    { title: "due", of: "dueAt" },
    { title: "expires", of: "expiresAt" },
    { title: "deliveries", of: "deliveries" },
    { title: "failures", of: "failures" },
    { title: "redrives", of: "redrives" },
    { title: "leased to", of: leaseText },
    { title: "dead", of: deadText },
    { title: "errors", of: errorsText },
    { title: "type", of: "contentType" },
    { title: "headers", of: headersText },
    { title: "body", of: wholeBodyText },
  ],
};

function headersText({ headers }: Fields): string {
  if (!isFields(headers)) return needsPeek;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${cellText(value)}`);
  return lines.length === 0 ? absent : lines.join("\n");
}

function leaseText(message: Fields): string {
  const lease = valueAt(message, "lease");
  if (lease === null) return absent;
  const who = textAt(lease, "worker") || textAt(lease, "principal.subject");
  return `${cellText(who)} until ${textAt(lease, "until")}`;
}

function deadText(message: Fields): string {
  const dead = valueAt(message, "dead");
  return dead === null ? absent : `${textAt(dead, "reason")} since ${textAt(dead, "at")}`;
}

function errorsText(message: Fields): string {
  if (!Array.isArray(message["errors"])) return needsPeek;
  const lines = listAt(message, "errors").map((error) => {
    const said = [textAt(error, "type"), textAt(error, "message")].filter((each) => each !== "");
    return `${textAt(error, "at")} ${cellText(said.join(": "))}`;
  });
  return lines.length === 0 ? absent : lines.join("\n");
}

/** `quorate message show`. */
export function declareMessageShow(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("show")
    .description("one message with all that is known of it")
    .argument("<queue>", "the queue")
    .argument("<message>", "its id")
    .action(async (queue, messageId) => {
      const { text } = await cli.request("getMessage", { params: { queue, messageId } });
      cli.output.answer(parseFields(text), messageRecord);
    });
  addExamples(command, [
    {
      call: "quorate message show orders m_00000000000g00000000",
      does: "its state, its errors, its body",
    },
  ]);
}
