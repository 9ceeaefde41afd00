import type { LiveQueueStats } from "@quorate/contract";
import { numberOf, problemOfAnswer, problemOfSilence, recordOf, textOf } from "./problem.ts";

/** The gateway answers within 10 s; a little more, in ms, for the way. */
const requestTimeoutMs = 12_000;

/** Queues per page of `GET /v1/queues`. */
const pagesMax = 20;

/** Sends a request with the session cookie; throws a `RequestProblem` when the answer is not a success. */
async function request(method: string, path: string, body?: unknown): Promise<unknown> {
  const init: RequestInit = {
    method,
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(requestTimeoutMs),
  };
  if (body !== undefined) {
    init.headers = { "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const answer = await fetch(path, init).catch((cause: unknown) => {
    throw problemOfSilence(cause, method === "GET");
  });
  const parsed: unknown = await answer.json().catch(() => null);
  if (answer.ok) return parsed;
  throw problemOfAnswer(answer.status, parsed, answer.headers.get("x-request-id"));
}

/** Who is signed in. */
export type Me = {
  readonly subject: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
  readonly clusterId: string;
};

/** `GET /v1/me`. */
export async function fetchMe(): Promise<Me> {
  const me = recordOf(await request("GET", "/v1/me"));
  const principal = recordOf(me["principal"]);
  const scopes = Array.isArray(me["scopes"]) ? me["scopes"] : [];
  return {
    subject: textOf(principal["subject"]) ?? "unknown",
    issuer: textOf(principal["issuer"]) ?? "unknown",
    scopes: scopes.filter((scope) => typeof scope === "string"),
    clusterId: textOf(me["clusterId"]) ?? "unknown",
  };
}

/** `POST /v1/session`: exchanges a token for a cookie that scripts cannot read. */
export async function beginSession(token: string): Promise<void> {
  await request("POST", "/v1/session", { token });
}

/** `DELETE /v1/session`. */
export async function endSession(): Promise<void> {
  await request("DELETE", "/v1/session");
}

/** One queue as a list shows it. */
export type QueueRow = {
  readonly name: string;
  readonly stats: LiveQueueStats;
  readonly sendPaused: boolean;
  readonly receivePaused: boolean;
};

/** `GET /v1/queues`, all pages up to 20; `complete` says whether that was all. */
export async function fetchQueues(): Promise<{
  readonly queues: readonly QueueRow[];
  readonly complete: boolean;
}> {
  const queues: QueueRow[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const query: string = cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = recordOf(await request("GET", `/v1/queues${query}`));
    const listed: readonly unknown[] = Array.isArray(answer["queues"]) ? answer["queues"] : [];
    queues.push(...listed.map(queueRowOf));
    cursor = textOf(answer["cursor"]);
    if (cursor === null) return { queues, complete: true };
  }
  return { queues, complete: false };
}

function queueRowOf(value: unknown): QueueRow {
  const queue = recordOf(value);
  const paused = recordOf(queue["paused"]);
  return {
    name: textOf(queue["name"]) ?? "",
    stats: statsOf(recordOf(queue["stats"])),
    sendPaused: paused["send"] !== null && paused["send"] !== undefined,
    receivePaused: paused["receive"] !== null && paused["receive"] !== undefined,
  };
}

function statsOf(stats: Readonly<Record<string, unknown>>): LiveQueueStats {
  const age = stats["oldestReadyAgeMs"];
  return {
    ready: numberOf(stats["ready"], 0),
    blocked: numberOf(stats["blocked"], 0),
    leased: numberOf(stats["leased"], 0),
    scheduled: numberOf(stats["scheduled"], 0),
    dead: numberOf(stats["dead"], 0),
    bytes: numberOf(stats["bytes"], 0),
    oldestReadyAgeMs: typeof age === "number" ? age : null,
  };
}

/** The cluster in a few words, for when the live feed does not connect. */
export type ClusterSummary = {
  readonly status: string;
  readonly view: number;
  readonly commit: number;
  readonly primary: string | null;
  readonly canLose: number;
};

/** `GET /v1/cluster`. */
export async function fetchCluster(): Promise<ClusterSummary> {
  const cluster = recordOf(await request("GET", "/v1/cluster"));
  return {
    status: textOf(cluster["status"]) ?? "unknown",
    view: numberOf(cluster["view"], 0),
    commit: numberOf(cluster["commit"], 0),
    primary: textOf(cluster["primary"]),
    canLose: numberOf(recordOf(cluster["quorum"])["canLose"], 0),
  };
}
