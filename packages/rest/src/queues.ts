/** Queues: making, configuring and reading them. */
import { ApiError, getQueue, type Held, listQueues, mayAct, putQueue } from "@quorate/contract";
import { isQueueName, type QueueView } from "@quorate/queue";
import { administer } from "./administer.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import type { Call, Serve } from "./call.ts";
import { ask, type Conversation, type Coord } from "./conversation.ts";
import type { Host, TextCodec } from "./host.ts";
import { rateWindowSeconds } from "./limits.ts";
import { badCursor, cursorOf, pageLimitOf, saidBy } from "./page-cursor.ts";
import { pausedIn } from "./paused-json.ts";
import { preconditionOf } from "./precondition.ts";
import { effectOf } from "./put-effect.ts";
import { refusalError } from "./refusal-error.ts";

/** `PUT` and `GET /v1/queues/{q}`, and `GET /v1/queues`. */
export function serveQueues(serve: Serve, host: Host): void {
  serve(putQueue, (call) => put(host, call));
  serve(getQueue, (call) => get(host, call));
  serve(listQueues, (call) => list(host, call));
}

type PutCall = Call<Held<typeof putQueue.body & object>, Held<typeof putQueue.query>>;

function* put(host: Host, call: PutCall): Conversation<Answer> {
  if (call.query.dryRun === "true") return yield* tryPut(host, call);
  const { outcome, coord, headers } = yield* administer(
    host,
    call,
    {
      type: "put-queue",
      queue: call.queue,
      config: call.body,
      precondition: preconditionOf(call.request),
    },
    // The second time it is an update to what it is already.
    { expects: "queue-put", isRepeatable: true },
  );
  const status = outcome.created ? 201 : 200;
  return queueAnswer(host, outcome.view, { status, coord, headers });
}

/** What the same call without `dryRun` would answer, and what it would do. */
function* tryPut(host: Host, call: PutCall): Conversation<Answer> {
  const { queue, body: config } = call;
  const question = {
    type: "try-put",
    queue,
    config,
    precondition: preconditionOf(call.request),
  } as const;
  const { answer, coord } = yield* ask(question, { expects: "put-trial" });
  const { trial } = answer;
  if (trial.would === "refuse") throw refusalError(trial.refusal);
  return queueAnswer(host, trial.view, { status: 200, coord, effect: effectOf(trial) });
}

function* get(host: Host, call: Call<never, Held<typeof getQueue.query>>): Conversation<Answer> {
  const question = { type: "get-queue", queue: call.queue } as const;
  const options = { expects: "queue", consistency: call.query.consistency } as const;
  const { answer, coord } = yield* ask(question, options);
  if (answer.view === null) throw new ApiError("queue-not-found");
  return queueAnswer(host, answer.view, { status: 200, coord });
}

function queueAnswer(
  host: Host,
  view: QueueView,
  {
    status,
    coord,
    headers = {},
    effect,
  }: {
    readonly status: number;
    readonly coord: Coord;
    readonly headers?: Readonly<Record<string, string>>;
    readonly effect?: ReturnType<typeof effectOf>;
  },
): Answer {
  const etag = `"${view.incarnation}.${view.version}"`;
  const shown = described(host, view);
  const body = effect === undefined ? { ...shown, coord } : { ...shown, effect, coord };
  return jsonAnswer(status, body, { ...headers, ETag: etag });
}

/** A queue as answers show it: what is replicated, and what this gateway has seen of it. */
function described({ seenOf, nowMs }: Host, view: QueueView) {
  const { name, config, stats, paused, expirations } = view;
  const { consumers, ...perSecond } = seenOf(name);
  // After a minute without an op nothing of it is recent any more.
  const isRecent = nowMs() - expirations.atMs < rateWindowSeconds * 1000;
  const expired = isRecent ? Math.round((expirations.count / rateWindowSeconds) * 1000) / 1000 : 0;
  const { oldestReadyAtMs, ...counts } = stats;
  return {
    name,
    config,
    stats: {
      ...counts,
      oldestReadyAgeMs: oldestReadyAtMs === null ? null : Math.max(0, nowMs() - oldestReadyAtMs),
      rates: { ...perSecond, expired, source: "gateway" },
      consumers,
    },
    paused: pausedIn(paused),
  };
}

function* list(host: Host, call: Call<never, Held<typeof listQueues.query>>): Conversation<Answer> {
  const { query } = call;
  const limit = pageLimitOf(query.limit);
  const { scopes } = call.principal;
  const views: QueueView[] = [];
  let after = query.cursor === undefined ? "" : cursorName(query.cursor, host.text);
  for (;;) {
    const question = {
      type: "list-queues",
      prefix: query.prefix ?? "",
      after,
      limit: limit + 1,
    } as const;
    const options = { expects: "queues", consistency: query.consistency } as const;
    const { answer, coord } = yield* ask(question, options);
    views.push(...answer.views.filter(({ name }) => mayAct(scopes, "read", name)));
    after = answer.views.at(-1)?.name ?? after;
    // A page of queues that the token may not read is no reason to answer an empty page.
    if (views.length > limit || !answer.more) return page(host, views, { limit, coord });
  }
}

function page(
  host: Host,
  views: readonly QueueView[],
  { limit, coord }: { readonly limit: number; readonly coord: Coord },
): Answer {
  const shown = views.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = views.length > limit && last !== undefined;
  return jsonAnswer(200, {
    queues: shown.map((view) => described(host, view)),
    ...(hasMore ? { cursor: cursorOf("queues", last.name, host.text) } : {}),
    coord,
  });
}

function cursorName(cursor: string, text: TextCodec): string {
  const name = saidBy("queues", cursor, text);
  if (isQueueName(name)) return name;
  throw badCursor();
}
