/** `quorate bench`: a small load and what it came to. Not a benchmark of Quorate: see docs/performance.md. */
import { randomUUID } from "node:crypto";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { storedBodyBytesMax } from "@quorate/contract";
import { durationMs } from "../arguments/duration.ts";
import { wholeNumber } from "../arguments/number.ts";
import { Ledger, type LedgerSum } from "../bench/ledger.ts";
import { type Load, runLoad } from "../bench/load.ts";
import type { Cli } from "../cli.ts";
import { confirmByName } from "../confirm.ts";
import { addExamples } from "../examples.ts";
import { numberAt } from "../exact-json.ts";
import { exitCodes } from "../exit-codes.ts";
import { absent, durationText, grouped, plural } from "../output/cell.ts";
import type { View } from "../output/output.ts";

const view: View = {
  kind: "list",
  name: "figures",
  id: "call",
  empty: "",
  columns: [
    { title: "CALL", of: "call" },
    { title: "MESSAGES", of: "count", align: "right" },
    { title: "PER SECOND", of: "perSecond", align: "right" },
    { title: "P50 MS", of: ({ p50Ms }) => fixed(p50Ms), align: "right" },
    { title: "P99 MS", of: ({ p99Ms }) => fixed(p99Ms), align: "right" },
    { title: "MAX MS", of: ({ maxMs }) => fixed(maxMs), align: "right" },
    { title: "FAILED", of: "failed", align: "right" },
  ],
};

function fixed(ms: unknown): string {
  return typeof ms === "number" ? ms.toFixed(2) : absent;
}

const durationMsDefault = 10_000;

/** Characters that tell one load's messages from another's; a body has room for them and a number. */
const markChars = 8;
const sizeMin = 32;

/** Declares the command. */
export function declareBench(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("bench")
    .description(
      "a small load on an empty queue: its figures, and whether each message came back once",
    )
    .argument("<queue>", "the queue; it is created when there is none")
    .option("--rate <n>", "messages per second (as many as go)", wholeNumber(1, 1_000_000))
    .option("--size <bytes>", "bytes of a body", wholeNumber(sizeMin, storedBodyBytesMax), 256)
    .option("--duration <duration>", "how long to send (10s)", durationMs)
    .option("--connections <n>", "calls at the same time", wholeNumber(1, 1000), 16)
    .option("--confirm <queue>", "its name again: what is in it is received and acknowledged too")
    .action(async (queue, { rate, size, duration, connections, confirm }) => {
      await prepare(cli, queue, confirm);
      const load = {
        queue,
        rate: rate ?? null,
        size,
        durationMs: duration ?? durationMsDefault,
        connections,
      };
      await bench(cli, load);
    });
  addExamples(command, [
    { call: "quorate bench scratch", does: "ten seconds, as fast as 16 connections go" },
    { call: "quorate bench scratch --rate 500 --size 4096 --duration 1m", does: "a steady load" },
  ]);
}

/** Every message is numbered, so that each can be told from all others. */
function accountText({ sent, once, foreign }: LedgerSum): string {
  const others = foreign === 0 ? "" : `, and ${grouped(foreign)} of others`;
  return `${plural(sent, "message")} sent, ${grouped(once)} of them received and acknowledged once${others}.`;
}

function faultText({ lost, doubled }: LedgerSum): string {
  return `${grouped(lost)} were not acknowledged in time, ${grouped(doubled)} more than once.`;
}

/** The load receives what it finds, so a queue in use is not taken without a word. */
async function prepare(cli: Cli, queue: string, confirm: string | undefined): Promise<void> {
  const { body } = await cli.request("putQueue", { params: { queue }, body: {} });
  const { ready, blocked, leased, scheduled } = body.stats;
  const held = ready + blocked + leased + scheduled;
  if (held === 0) return;
  const what = `${queue} holds ${plural(held, "message")}; the load would receive and acknowledge them`;
  await confirmByName(cli, { what, name: queue, given: confirm });
}

async function bench(cli: Cli, load: Load): Promise<void> {
  const { signal, pause } = cli.host;
  const progress = cli.progress(load.durationMs, durationText);
  try {
    const onProgress = (tookMs: number) => progress.show(Math.min(load.durationMs, tookMs));
    const ledger = new Ledger(randomUUID().slice(0, markChars));
    const run = { ...load, ledger };
    const { enqueue, dequeue } = await runLoad(run, {
      client: cli.newClient(),
      signal,
      pause,
      onProgress,
    });
    progress.end();
    const figures = [
      { call: "enqueue", ...enqueue },
      { call: "dequeue and ack", ...dequeue },
    ];
    const account = ledger.sum();
    cli.output.answer({ load, figures, account }, view);
    cli.output.say(accountText(account));
    const { lost, doubled } = account;
    if (lost > 0 || doubled > 0) cli.output.warn(faultText(account));
    const hasFailed = figures.some((each) => numberAt(each, "failed") > 0);
    if (lost > 0 || doubled > 0 || hasFailed) cli.endWith(exitCodes.error);
  } finally {
    progress.end();
  }
}
