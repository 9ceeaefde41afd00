/** The same message many times, in batches. */
import { batchBytesMax, batchEntriesMax } from "@quorate/contract";
import type { BatchEnqueued, Operations } from "@quorate/sdk";
import type { Cli } from "../cli.ts";
import { exitCodeOf } from "../ending.ts";
import { plural } from "../output/cell.ts";

/** A message of a batch. */
type Message = Operations["enqueue"]["body"];

/** Sends `count` copies, and prints one answer that is shaped as that of a batch. */
export async function enqueueMany(
  cli: Cli,
  given: { readonly queue: string; readonly message: Message; readonly count: number },
): Promise<void> {
  const { queue, message, count } = given;
  const most = entriesMax(message);
  const progress = cli.progress(count);
  const answers: BatchEnqueued[] = [];
  try {
    for (let sent = 0; sent < count; sent += most) {
      const messages = Array.from({ length: Math.min(most, count - sent) }, () => message);
      const call = { params: { queue }, body: { messages } };
      answers.push((await cli.request("enqueueBatch", call)).body);
      progress.show(Math.min(count, sent + most));
    }
  } finally {
    progress.end();
    if (answers.length > 0 && answers.length * most < count) tellOfPart(cli, answers);
  }
  const whole = joined(answers);
  cli.output.answer(whole, {
    kind: "text",
    of: () => `${summaryText(whole)} in ${queue}`,
    name: "results",
    id: "messageId",
  });
  const refused = whole.results.find((result) => "problem" in result);
  if (refused !== undefined && "problem" in refused) {
    cli.output.warn(refused.problem.detail);
    cli.endWith(exitCodeOf(refused.problem));
  }
}

/** Copies of a message that fit one batch. */
function entriesMax(message: Message): number {
  const bytes = Buffer.byteLength(JSON.stringify(message));
  return Math.max(1, Math.min(batchEntriesMax, Math.floor(batchBytesMax / bytes)));
}

/** What was sent before a batch failed stays sent. */
function tellOfPart(cli: Cli, answers: readonly BatchEnqueued[]): void {
  cli.output.warn(`before that: ${summaryText(joined(answers))}`);
}

function joined(answers: readonly BatchEnqueued[]): BatchEnqueued {
  const last = answers.at(-1);
  if (last === undefined) throw new TypeError("nothing was sent");
  const sum = (of: keyof BatchEnqueued["summary"]): number =>
    answers.reduce((total, { summary }) => total + summary[of], 0);
  return {
    ...last,
    results: answers.flatMap(({ results }) => results),
    summary: {
      accepted: sum("accepted"),
      duplicates: sum("duplicates"),
      refused: sum("refused"),
    },
  };
}

function summaryText({ summary }: BatchEnqueued): string {
  const { accepted, duplicates, refused } = summary;
  const parts = [
    plural(accepted, "message"),
    ...(duplicates > 0 ? [plural(duplicates, "duplicate")] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ];
  return parts.join(", ");
}
