/**
 * How long single calls of the state machine take at worst on a queue of very many messages. Each is
 * called once, so that the time of compiling is in it.
 *
 *     node bench/src/operations.ts [MESSAGES]        1,000,000 by default, 3 GB and some minutes
 */
import type { Operation, Question, RedriveFilter } from "@quorate/queue";
import { queuesMax } from "@quorate/queue/limits";
import { LargeQueue, type Timed } from "./large-queue.ts";
import { loadNow } from "./report.ts";

const messages = Number(process.argv[2] ?? 1_000_000);
const groups = messages / 2;
const everything: RedriveFilter = {
  ids: null,
  reason: null,
  groupHash: null,
  errorType: null,
  fromMs: null,
  toMs: null,
};

const rows: { readonly what: string; readonly ms: number }[] = [];

function note(what: string, ms: number): void {
  rows.push({ what, ms });
  process.stdout.write(`${what.padEnd(72)} ${ms.toFixed(1).padStart(8)} ms\n`);
}

function noteAll(prefix: string, calls: Readonly<Record<string, () => Timed<unknown> | number>>) {
  for (const [what, call] of Object.entries(calls)) {
    const answer = call();
    note(`${prefix}: ${what}`, typeof answer === "number" ? answer : answer.ms);
  }
}

const purge = (...states: ("ready" | "scheduled" | "leased" | "dead")[]): Operation => ({
  type: "purge",
  queue: "q",
  states,
});
const redrive = (filter: Partial<RedriveFilter>): Operation => ({
  type: "redrive",
  queue: "q",
  filter: { ...everything, ...filter },
  rate: 10_000,
  target: null,
});
const list = (state: "ready" | "blocked" | "dead" | null): Question => ({
  type: "list-messages",
  queue: "q",
  state,
  groupHash: null,
  dedupHash: null,
  after: null,
  limit: 100,
  withContent: true,
});
const listGroups = (state: "ready" | "locked" | "waiting" | null): Question => ({
  type: "list-groups",
  queue: "q",
  state,
  after: null,
  limit: 100,
});

/** Half of the messages are leased, each in a group of its own, and hold up the other half. */
function lockedGroups(): void {
  const queue = new LargeQueue({});
  queue.fill(messages, (index) => ({ group: `g${index % groups}` }));
  queue.lease(groups);
  noteAll("all groups locked", {
    "dequeue of 100": () => queue.dequeue(),
    "list of ready messages, all blocked": () => queue.ask(list("ready")),
    "list of blocked messages with bodies": () => queue.ask(list("blocked")),
    "list of ready groups, all locked": () => queue.ask(listGroups("ready")),
    "get the queue": () => queue.ask({ type: "get-queue", queue: "q" }),
    "purge of the leased": () => queue.execute(purge("leased")),
    "list of groups behind it": () => queue.ask(listGroups("locked")),
    "dequeue of 100 behind it": () => queue.dequeue(),
    "enqueue of 1,000 into as many groups behind it": () =>
      queue.fill(1_000, (index) => ({ group: `g${index + groups / 2}` })),
    "purge of the rest": () => queue.execute(purge("ready", "leased")),
    "list of groups, all gone": () => queue.ask(listGroups(null)),
    "pulses that free all, the longest": () => queue.pulses().maxMs,
  });
}

/** All are dead, half of them with groups that they hold up. */
function dead(): void {
  const queue = new LargeQueue({ onDead: "block" });
  queue.fill(messages, (index) => ({ ttlMs: 1_000, ...(index % 2 ? { group: `g${index}` } : {}) }));
  queue.pass(10_000);
  note("dead: pulses that end all by ttl, the longest", queue.pulses().maxMs);
  queue.fill(groups, (index) => ({ group: `g${2 * index + 1}` }));
  noteAll("all dead", {
    "count by a type of error": () =>
      queue.ask({
        type: "count-dead",
        queue: "q",
        filter: { ...everything, errorType: "E" },
        from: 0,
      }),
    "redrive of those of a reason, {}": () => queue.execute(redrive({ reason: "rejected" })),
    "redrive by a type of error": () => queue.execute(redrive({ errorType: "E" })),
    "pulses that count it, the longest": () => queue.pulses().maxMs,
    "list of dead letters with bodies": () => queue.ask(list("dead")),
    "a queue configured to let go of all groups": () => queue.put({ onDead: "continue" }),
    "dequeue of 100 behind it": () => queue.dequeue(),
    "redrive of all, {}": () => queue.execute(redrive({})),
    "pulses of it at 10,000/s, the longest of 20": () => {
      queue.pass(1_000);
      return queue.pulses(20).maxMs;
    },
    "purge of the dead": () => queue.execute(purge("dead")),
    "delete the queue": () => queue.execute({ type: "delete-queue", queue: "q", force: true }),
    "pulses that free all, the longest": () => queue.pulses().maxMs,
  });
}

/** A lower retention, by which all are over. */
function retention(): void {
  const queue = new LargeQueue({ onExpire: "drop" });
  note("fill: the longest enqueue of 1,000", queue.fill(messages));
  queue.pass(120_000);
  noteAll("lower retention", {
    "put the queue": () => queue.put({ onExpire: "drop", retentionMs: 60_000 }),
    "dequeue of 100 behind it": () => queue.dequeue(),
    "pulses that end all, the longest": () => queue.pulses().maxMs,
  });
}

/** Everything that a pulse does is due at once. */
function everythingDue(): void {
  const queue = new LargeQueue({ dedupWindowMs: 60_000, leaseMsDefault: 30_000 });
  queue.fill(messages, (index) => ({ dedup: `d${index}`, ttlMs: 60_000 + Math.floor(index / 10) }));
  queue.lease(groups);
  queue.execute(purge("leased"));
  queue.pass(170_000);
  note("everything due: the longest of 100 pulses", queue.pulses(100).maxMs);
}

/** One message of a thousand is left. */
function sparse(): void {
  const queue = new LargeQueue({});
  queue.fill(messages, (index) => (index % 1_024 === 5 ? { delayMs: 3_600_000 } : {}));
  for (let left = messages; left > 0; left -= 100) queue.dequeue(0);
  noteAll("one of a thousand left", {
    "list of messages": () => queue.ask(list(null)),
    pause: () =>
      queue.execute({
        type: "pause-queue",
        queue: "q",
        what: "receive",
        pause: { by: "p", reason: null },
      }),
  });
}

/** Runs of 100 leases each. */
function runs(): void {
  const queue = new LargeQueue({});
  queue.fill(groups, (index) => ({ group: `g${Math.floor(index / 100)}` }));
  const heads = queue.lease(groups, 1_000).slice(0, 1_000);
  const settlements = heads.map((lease) => ({ action: "release", lease, delayMs: null }) as const);
  noteAll("runs of 100", {
    "settle that gives 1,000 heads up, and rewinds 99,000": () =>
      queue.execute({ type: "settle", queue: "q", atomic: false, settlements }),
    "pulses that end the others, the longest": () => {
      queue.pass(3_000);
      return queue.pulses().maxMs;
    },
  });
}

/** As many queues as there may be, each with two messages, one of them with a dedup id. */
function manyQueues(): void {
  const all = new LargeQueue({});
  const precondition = { kind: "none" } as const;
  for (let number = 1; number < queuesMax; number++) {
    const queue = `q${number}`;
    all.execute({ type: "put-queue", queue, config: {}, precondition });
    all.fill(2, (index) => (index === 0 ? { dedup: "d" } : { delayMs: 600_000 }), queue);
  }
  let maxMs = 0;
  for (let count = 0; count < 100; count++) {
    all.pass(1_000);
    maxMs = Math.max(maxMs, all.pulse());
  }
  note(`${queuesMax} queues: pulses that find nothing due, the longest of 100`, maxMs);
}

for (const part of [manyQueues, lockedGroups, dead, retention, sparse, runs, everythingDue]) part();
const worst = rows.toSorted((left, right) => right.ms - left.ms)[0];
process.stdout.write(`\n${messages} messages, load ${loadNow()}; worst: ${worst?.what ?? ""}\n`);
