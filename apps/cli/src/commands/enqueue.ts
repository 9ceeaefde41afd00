/** `quorate enqueue`: sends one message, or the same one many times. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { delayMsMax, maxFailuresMax, priorityMax, ttlMsMax, ttlMsMin } from "@quorate/contract";
import type { Enqueued } from "@quorate/sdk";
import { durationBetween } from "../arguments/duration.ts";
import { readBody } from "../arguments/message-body.ts";
import { wholeNumber } from "../arguments/number.ts";
import { collectPair } from "../arguments/pair.ts";
import { timeText } from "../arguments/time.ts";
import type { Cli } from "../cli.ts";
import { addExamples } from "../examples.ts";
import { enqueueMany } from "./enqueue-many.ts";

/** Copies that one call may ask for: a load of its own is what `bench` is for. */
const countMax = 1_000_000;

/** Declares the command. */
export function declareEnqueue(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("enqueue")
    .alias("send")
    .description("send a message; when this ends with 0 a quorum has it on disk")
    .argument("<queue>", "the queue")
    .argument("[body]", "JSON; - reads standard input, @file a file")
    .option("--content-type <type>", "what the body is, when it is not JSON")
    .option("--group <id>", "messages of one group are delivered in order")
    .option("--dedup-id <id>", "the same id again is the same message")
    .option("--delay <duration>", "deliver it later", durationBetween(0, delayMsMax))
    .option("--not-before <time>", "deliver it not before this time (RFC 3339)", timeText)
    .option(
      "--ttl <duration>",
      "expire when nobody has received it so long after it was ready",
      durationBetween(ttlMsMin, ttlMsMax),
    )
    .option("--priority <0-9>", "higher ones first (4)", wholeNumber(0, priorityMax))
    .option("--max-failures <n>", "dead after so many failures", wholeNumber(1, maxFailuresMax))
    .option("--header <name=value>", "a header; may be given often", collectPair)
    .option("--count <n>", "send it so many times", wholeNumber(1, countMax), 1)
    .action(async (queue, body, options) => {
      const { contentType, count } = options;
      const message = {
        ...(await readBody(body, contentType, cli.host)),
        ...messageFields(options),
      };
      if (count > 1) return await enqueueMany(cli, { queue, message, count });
      const answer = await cli.request("enqueue", { params: { queue }, body: message });
      cli.output.answer(answer.body, {
        kind: "text",
        of: () => sentenceOf(answer.body, queue),
        id: "messageId",
      });
    });
  addExamples(command, [
    { call: `quorate enqueue orders '{"order":1}'`, does: "send one" },
    {
      call: `quorate send orders @order.json --dedup-id order-1 --group customer-7`,
      does: "from a file; sent twice it is one message",
    },
    {
      call: "generate | quorate send images - --content-type image/png --delay 5m",
      does: "bytes from a pipe, delivered in five minutes",
    },
  ]);
}

/** The fields of a message that options say; those that were not given are left out. */
function messageFields(options: {
  readonly group?: string | undefined;
  readonly dedupId?: string | undefined;
  readonly delay?: number | undefined;
  readonly notBefore?: string | undefined;
  readonly ttl?: number | undefined;
  readonly priority?: number | undefined;
  readonly maxFailures?: number | undefined;
  readonly header?: Readonly<Record<string, string>> | undefined;
}) {
  return {
    groupId: options.group,
    dedupId: options.dedupId,
    delayMs: options.delay,
    notBefore: options.notBefore,
    ttlMs: options.ttl,
    priority: options.priority,
    maxFailures: options.maxFailures,
    headers: options.header,
  };
}

function sentenceOf({ messageId, seq, duplicate, coord }: Enqueued, queue: string): string {
  return duplicate
    ? `${messageId} is in ${queue} already: a duplicate, nothing was added`
    : `${messageId} is in ${queue} (seq ${seq}, op ${coord.op})`;
}
