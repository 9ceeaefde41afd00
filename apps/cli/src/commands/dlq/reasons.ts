import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { type Fields, listAt, textAt } from "../../exact-json.ts";
import { agoAt } from "../../output/age.ts";
import { plural } from "../../output/cell.ts";
import type { View } from "../../output/output.ts";
import { limitMax } from "../message/list-messages.ts";
import { readPages } from "../pages.ts";

const view: View = {
  kind: "list",
  name: "reasons",
  id: "reason",
  empty: "No dead letters.",
  columns: [
    { title: "DEAD", of: "count", align: "right" },
    { title: "REASON", of: "reason" },
    { title: "LAST ERROR'S TYPE", of: "errorType", isOptional: true },
    { title: "NEWEST", of: agoAt("newest"), align: "right" },
  ],
};

/** Dead letters that died for the same reason, with the same type of error last. */
interface Reason {
  readonly reason: string;
  /** Null where no error was told, or the token may not peek. */
  readonly errorType: string | null;
  count: number;
  /** When the last of them died. */
  newest: string;
}

/** `quorate dlq reasons`: what redrive's filters would find. */
export function declareDlqReasons(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("reasons")
    .description("how many dead letters there are for which reason, the most frequent first")
    .argument("<queue>", "the queue")
    .action(async (queue) => {
      const answer = await readPages({ name: "messages", limit: limitMax }, (page) =>
        cli.request("listMessages", { params: { queue }, query: { state: "dead", ...page } }),
      );
      cli.output.answer({ reasons: reasonsOf(listAt(answer, "messages")) }, view);
      if (textAt(answer, "cursor") !== "") {
        cli.output.warn(`Only the first ${plural(limitMax, "dead letter")} were counted.`);
      }
    });
  addExamples(command, [
    { call: "quorate dlq reasons orders", does: "what goes wrong most" },
    { call: "quorate dlq redrive orders --reason rejected", does: "then bring some of them back" },
  ]);
}

function reasonsOf(letters: readonly Fields[]): readonly Reason[] {
  const reasons = new Map<string, Reason>();
  for (const letter of letters) {
    const reason = textAt(letter, "dead.reason");
    const [error] = listAt(letter, "errors");
    const errorType = (error === undefined ? "" : textAt(error, "type")) || null;
    const died = textAt(letter, "dead.at");
    const key = JSON.stringify([reason, errorType]);
    const known = reasons.get(key) ?? { reason, errorType, count: 0, newest: died };
    known.count += 1;
    // Times of the API are written alike, so they compare as texts.
    if (died > known.newest) known.newest = died;
    reasons.set(key, known);
  }
  return [...reasons.values()].toSorted((left, right) => right.count - left.count);
}
