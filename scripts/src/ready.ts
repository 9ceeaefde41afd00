/** Waits until the cluster can serve, by what the API itself says. */
import { setTimeout as delay } from "node:timers/promises";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { isFields } from "./json-fields.ts";
import { tailOf } from "./log-file.ts";

/** Whom to ask, and for how long. */
export interface ReadyOptions {
  readonly apiUrl: string;
  readonly viewerToken: string;
  readonly replicaIds: readonly string[];
  readonly timeoutMs: number;
  /** The log of a replica, or of "api". */
  logOf(id: string): string;
  /** Hears each change of what is still missing. */
  onProgress(line: string): void;
  /** Ends the waiting with its reason. */
  readonly signal: AbortSignal;
}

/** What is still missing: a sentence, and the process whose log explains it. */
export interface Missing {
  readonly what: string;
  readonly explainedBy: string;
}

/** Between two questions; short against the start of a process. */
const pollMs = 100;
/** A question that takes longer is asked again. */
const answerMs = 2_000;
/** Lines of the log that are shown when the time is over. */
const tailLines = 20;

/**
 * Returns when every replica is in status normal and the API answers. Throws Failure `notReady`
 * with the end of the log which explains it after `timeoutMs`, or the reason of `signal`.
 */
export async function waitUntilReady(options: ReadyOptions): Promise<void> {
  const { timeoutMs, signal } = options;
  const deadline = performance.now() + timeoutMs;
  let told = "";
  for (;;) {
    const missing = await missingIn(options);
    signal.throwIfAborted();
    if (missing === null) return;
    if (missing.what !== told) options.onProgress(missing.what);
    told = missing.what;
    if (performance.now() > deadline) {
      const line = `not ready after ${timeoutMs / 1000} s: ${missing.what}`;
      const detail = tailOf(options.logOf(missing.explainedBy), tailLines);
      throw new Failure(exitCodes.notReady, line, { detail });
    }
    await delay(pollMs);
  }
}

async function missingIn(options: ReadyOptions): Promise<Missing | null> {
  const { apiUrl, viewerToken, replicaIds, signal } = options;
  const cluster = await ask(`${apiUrl}/v1/cluster`, viewerToken, signal);
  const missing = missingMembers(cluster, replicaIds);
  if (missing !== null) return missing;
  const ready = await ask(`${apiUrl}/readyz`, viewerToken, signal);
  return ready.status === 200 ? null : { what: `api: /readyz ${ready.status}`, explainedBy: "api" };
}

/** An answer of the API; status 0 when there was none. */
export interface ClusterAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Which members an answer of `GET /v1/cluster` shows as not yet normal; null when none. */
export function missingMembers(
  { status, body }: ClusterAnswer,
  replicaIds: readonly string[],
): Missing | null {
  if (status === 0) return { what: "api: does not answer yet", explainedBy: "api" };
  const members = isFields(body) ? body["members"] : null;
  if (status !== 200 || !Array.isArray(members)) {
    return { what: `api: /v1/cluster ${status}`, explainedBy: "api" };
  }
  const statuses = new Map<string, string>();
  for (const { id, status: of } of members.filter(isFields)) {
    if (typeof id === "string" && typeof of === "string") statuses.set(id, of);
  }
  const late = replicaIds.filter((id) => statuses.get(id) !== "normal");
  const [first] = late;
  if (first === undefined) return null;
  const what = late.map((id) => `${id}: ${statuses.get(id) ?? "unknown"}`).join(", ");
  return { what, explainedBy: first };
}

async function ask(url: string, token: string, signal: AbortSignal): Promise<ClusterAnswer> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  } catch {
    // Nobody listens yet, or the answer took too long: the same as no answer.
    return { status: 0, body: null };
  }
}
