/** `quorate dequeue`: takes messages under a lease, and may acknowledge them at once. */
import { randomUUID } from "node:crypto";
import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { dequeueMessagesMax, leaseMsMax, leaseMsMin, waitMsMax } from "@quorate/contract";
import type { Delivery, Dequeued } from "@quorate/sdk";
import { durationBetween } from "../arguments/duration.ts";
import { wholeNumber } from "../arguments/number.ts";
import type { Cli } from "../cli.ts";
import { addExamples } from "../examples.ts";
import { type Fields, parseFields } from "../exact-json.ts";
import { leftAt } from "../output/age.ts";
import { bodyText } from "../output/body-text.ts";
import type { View } from "../output/output.ts";
import { settleMany } from "./settle/settle-many.ts";

const view: View = {
  kind: "list",
  name: "messages",
  id: "leaseId",
  empty: "No message is ready.",
  columns: [
    { title: "LEASE", of: "leaseId" },
    { title: "SEQ", of: "seq", align: "right" },
    { title: "GROUP", of: "groupId", isOptional: true, shrinks: true },
    { title: "TRY", of: "deliveries", align: "right" },
    { title: "FENCE", of: "fence", align: "right" },
    { title: "ENDS IN", of: leftAt("leaseUntil"), align: "right", isOptional: true },
    { title: "BODY", of: (message: Fields) => bodyText(message) },
  ],
};

/** Declares the command. */
export function declareDequeue(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("dequeue")
    .alias("receive")
    .description("take messages under a lease")
    .argument("<queue>", "the queue")
    .option("--max <n>", "messages at most (1)", wholeNumber(1, dequeueMessagesMax))
    .option(
      "--lease <duration>",
      "how long they are yours (the queue's default)",
      durationBetween(leaseMsMin, leaseMsMax),
    )
    .option("--wait <duration>", "wait so long for the first (0s)", durationBetween(0, waitMsMax))
    .option("--worker <label>", "what others see as the holder of the lease")
    .option("--max-per-group <n>", "of one group at most", wholeNumber(1, dequeueMessagesMax))
    .option("--dequeue-id <id>", "the same id again gives the same messages (a new one)")
    .option("--dead", "take dead letters: an ack removes one, anything else leaves it dead")
    .option("--ack", "acknowledge what came, once it is printed")
    .addOption(new Option("--pop", "take them out at once, without a lease").conflicts("ack"))
    .action(async (queue, options) => {
      const body = {
        dequeueId: options.dequeueId ?? randomUUID(),
        max: options.max,
        leaseMs: options.lease,
        waitMs: options.wait,
        worker: options.worker,
        maxPerGroup: options.maxPerGroup,
        ...(options.dead === true ? { from: "dead" as const } : {}),
        ...(options.pop === true ? { mode: "delete" as const } : {}),
      };
      const answer = await cli.request("dequeue", { params: { queue }, body });
      sayWhatIsSpecial(cli, queue, answer.body);
      cli.output.answer(parseFields(answer.text), view);
      if (options.ack === true) await acknowledge(cli, queue, answer.body.messages);
    });
  addExamples(command, [
    {
      call: "quorate dequeue orders --wait 20s --lease 5m",
      does: "wait for one, keep it 5 minutes",
    },
    {
      call: "quorate receive orders --max 10 --ack -o ndjson",
      does: "take ten for good, a line each",
    },
    {
      call: "quorate ack orders $(quorate receive orders -o id)",
      does: "take one and acknowledge it",
    },
  ]);
}

/** What the messages alone do not tell. */
function sayWhatIsSpecial(cli: Cli, queue: string, { paused, replayed, lost }: Dequeued): void {
  if (paused) cli.output.warn(`${queue} gives out nothing: receiving is paused`);
  if (replayed) cli.output.say("This dequeue id is known: what it was given before, nothing new.");
  for (const { leaseId, reason } of lost) cli.output.warn(`${leaseId} is lost: ${reason}`);
}

/** Acknowledges after the messages are printed: what nobody has seen is never lost. */
async function acknowledge(cli: Cli, queue: string, messages: readonly Delivery[]): Promise<void> {
  const leases = messages.flatMap(({ leaseId }) => (leaseId === null ? [] : [leaseId]));
  if (leases.length === 0) return;
  const settlements = leases.map((leaseId) => ({ leaseId, action: "ack" as const }));
  const answer = await settleMany(cli, queue, settlements);
  cli.output.say(`${answer.summary.ok} acknowledged`);
}
