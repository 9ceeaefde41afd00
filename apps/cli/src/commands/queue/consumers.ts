import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { wholeNumber } from "../../arguments/number.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { type Fields, listAt, textAt, valueAt } from "../../exact-json.ts";
import { ageAt, leftAt } from "../../output/age.ts";
import { plural, visible } from "../../output/cell.ts";
import { type Column, tableText } from "../../output/table.ts";
import { limitMax } from "../message/list-messages.ts";
import { readPages } from "../pages.ts";

/** Leases that are looked at when nobody says how many: with bodies, a few MiB. */
const leasesDefault = 1000;

/** One who holds leases of the queue now. */
interface Holder {
  readonly principal: unknown;
  /** The label that it gave itself; null: none. */
  readonly worker: string | null;
  leased: number;
  /** When its oldest lease began, and when the first of them ends. */
  since: string;
  until: string;
}

/** `quorate queue consumers`: how many ask, and who holds what. */
export function declareQueueConsumers(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("consumers")
    .description("how many have asked in the last 60 s, and who holds leases now")
    .argument("<queue>", "the queue")
    .option("--limit <n>", "leases to look at", wholeNumber(1, limitMax), leasesDefault)
    .action(async (queue, { limit }) => {
      const { body } = await cli.request("getQueue", { params: { queue } });
      const leased = await readPages({ name: "messages", limit }, (page) =>
        cli.request("listMessages", { params: { queue }, query: { state: "leased", ...page } }),
      );
      const holders = holdersOf(listAt(leased, "messages"));
      const { consumers } = body.stats;
      const answer = { name: queue, consumers, holders, coord: valueAt(leased, "coord") };
      const of = () => consumersText(cli, { queue, consumers, holders });
      cli.output.answer(answer, {
        kind: "text",
        isDrawn: true,
        of,
        name: "holders",
        id: "principal.subject",
      });
      if (textAt(leased, "cursor") !== "") {
        cli.output.warn(`${plural(limit, "lease")} were looked at; a higher --limit sees more.`);
      }
    });
  addExamples(command, [
    { call: "quorate queue consumers orders", does: "does anybody ask, and who is at work?" },
  ]);
}

/** The largest holders first. */
function holdersOf(messages: readonly Fields[]): readonly Holder[] {
  const holders = new Map<string, Holder>();
  for (const message of messages) {
    const principal = valueAt(message, "lease.principal");
    const worker = textAt(message, "lease.worker") || null;
    const [since, until] = [textAt(message, "lease.since"), textAt(message, "lease.until")];
    const key = JSON.stringify([principal, worker]);
    const known = holders.get(key) ?? { principal, worker, leased: 0, since, until };
    known.leased += 1;
    // Times of the API are written alike, so they compare as texts.
    if (since < known.since) known.since = since;
    if (until < known.until) known.until = until;
    holders.set(key, known);
  }
  return [...holders.values()].toSorted((left, right) => right.leased - left.leased);
}

function consumersText(
  cli: Cli,
  shown: {
    readonly queue: string;
    readonly consumers: number;
    readonly holders: readonly Holder[];
  },
): string {
  const { queue, consumers, holders } = shown;
  const { terminal, nowMs } = cli.host;
  const { paint } = cli.output;
  const asked =
    consumers === 0
      ? `Nobody has asked this gateway for messages of ${visible(queue)} in the last 60 s.`
      : `${plural(consumers, "principal")} asked this gateway for messages of ${visible(queue)} in the last 60 s.`;
  if (holders.length === 0) return `${asked}\nNobody holds a lease.`;
  const columns: readonly Column[] = [
    { title: "HOLDER", of: "principal.subject", shrinks: true },
    { title: "WORKER", of: "worker", isOptional: true },
    { title: "LEASED", of: "leased", align: "right" },
    { title: "FOR", of: ageAt("since"), align: "right" },
    { title: "FIRST ENDS IN", of: leftAt("until"), align: "right" },
  ];
  const rows = holders.map((holder) => ({ ...holder }));
  const style = { paint, columns: terminal.out.columns, nowMs: nowMs() };
  return [asked, "", tableText(rows, columns, style)].join("\n");
}
