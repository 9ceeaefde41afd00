/** Queues: making, configuring and reading them. */
import { ApiError, getQueue, type Held, listQueues, mayAct, putQueue } from "@quorate/contract";
import { isQueueName, type PutPrecondition, type QueueView } from "@quorate/queue";
import type { Coord } from "@quorate/session";
import { administer } from "../administer.ts";
import { type Answer, jsonAnswer } from "../answer.ts";
import { type Call, headerOf } from "../call.ts";
import { ask } from "../cluster-call.ts";
import { rateWindowSeconds } from "../limits.ts";
import { mount, type Mounting } from "../mount.ts";
import { pausedIn } from "../paused-json.ts";
import { badCursor, pageLimitOf } from "../page-cursor.ts";
import { effectOf } from "../put-effect.ts";
import { refusalError } from "../refusal-error.ts";
import type { Gateway } from "./gateway.ts";

/** Serves `PUT` and `GET /v1/queues/{q}`, and `GET /v1/queues`. */
export function mountQueues(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, putQueue, (call) => put(gateway, call));
  mount(mounting, getQueue, (call) => get(gateway, call));
  mount(mounting, listQueues, (call) => list(gateway, call));
}

type PutCall = Call<Held<typeof putQueue.body & object>, Held<typeof putQueue.query>>;

async function put(gateway: Gateway, call: PutCall): Promise<Answer> {
  if (call.query.dryRun === "true") return tryPut(gateway, call);
  const { outcome, coord, headers } = await administer(
    gateway,
    call,
    { type: "put-queue", queue: call.queue, config: call.body, precondition: preconditionOf(call) },
    // The second time it is an update to what it is already.
    { expects: "queue-put", isRepeatable: true },
  );
  const status = outcome.created ? 201 : 200;
  return queueAnswer(gateway, outcome.view, { status, coord, headers });
}

/** What the same call without `dryRun` would answer, and what it would do. */
async function tryPut(gateway: Gateway, call: PutCall): Promise<Answer> {
  const { queue, body: config } = call;
  const question = { type: "try-put", queue, config, precondition: preconditionOf(call) } as const;
  const { answer, coord } = await ask(gateway.client, question, { expects: "put-trial" });
  const { trial } = answer;
  if (trial.would === "refuse") throw refusalError(trial.refusal);
  const { incarnation, version } = trial.view;
  const body = { ...described(gateway, trial.view), effect: effectOf(trial), coord };
  return jsonAnswer(200, body, { ETag: `"${incarnation}.${version}"` });
}

/** What If-Match and If-None-Match ask for. Throws `request-invalid`, and `etag-mismatch`. */
function preconditionOf({ request }: Call): PutPrecondition {
  const match = headerOf(request, "If-Match");
  const noneMatch = headerOf(request, "If-None-Match");
  if (match !== null && noneMatch !== null) throw headerError("If-Match", "not with If-None-Match");
  if (noneMatch !== null) {
    if (noneMatch.trim() === "*") return { kind: "absent" };
    throw headerError("If-None-Match", "expected *");
  }
  if (match === null) return { kind: "none" };
  if (match.trim() === "*") return { kind: "match-any" };
  if (!/^\s*"[^"]*"\s*$/.test(match)) throw headerError("If-Match", "expected one ETag, or *");
  const [, incarnation, version] = /^\s*"(\d{1,9})\.(\d{1,9})"\s*$/.exec(match) ?? [];
  // An ETag that was never given out matches nothing.
  if (incarnation === undefined || version === undefined) throw new ApiError("etag-mismatch");
  return { kind: "match", incarnation: Number(incarnation), version: Number(version) };
}

function headerError(pointer: string, detail: string): ApiError {
  const errors = [{ pointer, detail }];
  return new ApiError("request-invalid", { detail: `${pointer}: ${detail}.`, errors });
}

async function get(
  gateway: Gateway,
  call: Call<never, Held<typeof getQueue.query>>,
): Promise<Answer> {
  const question = { type: "get-queue", queue: call.queue } as const;
  const options = {
    expects: "queue",
    consistency: call.query.consistency ?? "linearizable",
  } as const;
  const { answer, coord } = await ask(gateway.client, question, options);
  if (answer.view === null) throw new ApiError("queue-not-found");
  return queueAnswer(gateway, answer.view, { status: 200, coord });
}

function queueAnswer(
  gateway: Gateway,
  view: QueueView,
  {
    status,
    coord,
    headers = {},
  }: {
    readonly status: number;
    readonly coord: Coord;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Answer {
  const etag = `"${view.incarnation}.${view.version}"`;
  const body = { ...described(gateway, view), coord };
  return jsonAnswer(status, body, { ...headers, ETag: etag });
}

/** A queue as answers show it: what is replicated, and what this gateway has seen of it. */
function described({ rates, nowMs }: Gateway, view: QueueView) {
  const { name, config, stats, paused, expirations } = view;
  const { consumers, ...perSecond } = rates.of(name);
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

async function list(
  gateway: Gateway,
  call: Call<never, Held<typeof listQueues.query>>,
): Promise<Answer> {
  const { query } = call;
  const limit = pageLimitOf(query.limit);
  const { scopes } = call.principal;
  const views: QueueView[] = [];
  let after = query.cursor === undefined ? "" : cursorName(query.cursor);
  for (;;) {
    const question = {
      type: "list-queues",
      prefix: query.prefix ?? "",
      after,
      limit: limit + 1,
    } as const;
    const options = {
      expects: "queues",
      consistency: query.consistency ?? "linearizable",
    } as const;
    const { answer, coord } = await ask(gateway.client, question, options);
    views.push(...answer.views.filter(({ name }) => mayAct(scopes, "read", name)));
    after = answer.views.at(-1)?.name ?? after;
    // A page of queues that the token may not read is no reason to answer an empty page.
    if (views.length > limit || !answer.more) return page(gateway, views, { limit, coord });
  }
}

function page(
  gateway: Gateway,
  views: readonly QueueView[],
  { limit, coord }: { readonly limit: number; readonly coord: Coord },
): Answer {
  const shown = views.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = views.length > limit && last !== undefined;
  return jsonAnswer(200, {
    queues: shown.map((view) => described(gateway, view)),
    ...(hasMore ? { cursor: Buffer.from(last.name).toString("base64url") } : {}),
    coord,
  });
}

function cursorName(cursor: string): string {
  const name = Buffer.from(cursor, "base64url").toString("latin1");
  if (isQueueName(name)) return name;
  throw badCursor();
}
