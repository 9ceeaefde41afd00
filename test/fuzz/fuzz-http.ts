/**
 * HTTP requests that must be refused, and such that may mean anything, thrown at a real API process
 * over real replicas: no answer is a failure, nothing that must be refused is done.
 */
import { Agent, request } from "node:http";
import { Prng } from "@quorate/prelude";
import { parseFields } from "../integration/rig/answer.ts";
import { type Cluster, startCluster } from "../integration/rig/cluster.ts";
import { untilDone } from "../integration/rig/retry.ts";
import { badAuthorizations } from "./bad-tokens.ts";
import { sendBrokenHttp } from "./broken-http.ts";
import { Keepsake, keepsakeQueue } from "./keepsake.ts";
import { type FuzzedRequest, requestOf, type RequestParts } from "./requests.ts";

/** What became of what was sent. */
export interface HttpReport {
  readonly seed: number;
  readonly requests: number;
  /** Answers by status; `closed` where the API ended the connection without one. */
  readonly answers: ReadonlyMap<string, number>;
  /** Requests that had to be refused and were answered with 2xx. */
  readonly accepted: number;
  /** Answers with 5xx, but 503 for a reason that the contract names. */
  readonly failures: number;
  /** Processes that ended. */
  readonly crashes: number;
  /** What else must not be: another refusal than expected, a message lost or added. */
  readonly surprises: readonly string[];
}

/** Requests under way at once. */
const workers = 12;
/** One request in so many is no HTTP. */
const brokenShare = 40;
/** Surprises that are told one by one. */
const surprisesMax = 20;
const answerMsMax = 30_000;
const freeQueue = "free";
/** Why the API may answer 503: contract, `errors`. */
const deliberate = new Set(["no-quorum", "view-change", "overloaded", "starting"]);

/** Starts a cluster, fuzzes its API, and ends it. */
export async function fuzzHttp(count: number, seed: number): Promise<HttpReport> {
  const cluster = await startCluster();
  try {
    const client = cluster.client("admin");
    await untilDone(() => client.put(`/v1/queues/${freeQueue}`, {}));
    const keepsake = await Keepsake.store(client);
    const run = new HttpRun(cluster, {
      tokens: cluster.tokens,
      badTokens: await badAuthorizations(cluster),
      guarded: keepsakeQueue,
      free: freeQueue,
    });
    const pids = cluster.processes.map(({ pid }) => pid);
    const prng = new Prng(seed);
    const share = Math.ceil(count / workers);
    const counts = Array.from({ length: workers }, (_, at) =>
      Math.max(0, Math.min(share, count - at * share)),
    );
    await Promise.all(counts.map((own) => run.work(own, prng.fork())));
    run.close();
    const ended = cluster.processes.filter((each, at) => !each.isRunning || each.pid !== pids[at]);
    const crashes = ended.length;
    const lost = crashes === 0 ? await keepsake.lost() : [];
    return {
      seed,
      requests: count,
      ...run.report,
      crashes,
      surprises: [...run.surprises, ...lost],
    };
  } finally {
    await cluster.stop();
  }
}

class HttpRun {
  readonly surprises: string[] = [];
  readonly report = { answers: new Map<string, number>(), accepted: 0, failures: 0 };
  private readonly parts: RequestParts;
  private readonly url: URL;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: workers });

  constructor(cluster: Cluster, parts: RequestParts) {
    this.parts = parts;
    this.url = new URL(cluster.apiUrl);
  }

  /** So many requests, one after the other. */
  async work(count: number, prng: Prng): Promise<void> {
    for (let made = 0; made < count; made++) {
      if (prng.below(brokenShare) === 0) await this.breakHttp(prng);
      else await this.fuzz(requestOf(this.parts, prng));
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private async breakHttp(prng: Prng): Promise<void> {
    const { guarded, tokens } = this.parts;
    const path = `/v1/queues/${guarded}/enqueue`;
    const port = Number(this.url.port);
    const line = await sendBrokenHttp({ port, path, token: tokens.admin }, prng);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(line)?.[1] ?? "closed";
    this.judge("broken-http", status, "", (found) => found === "closed" || found.startsWith("4"));
  }

  private async fuzz(fuzzed: FuzzedRequest): Promise<void> {
    const { expected, kind, method, path } = fuzzed;
    const { status, text } = await this.send(fuzzed);
    this.judge(`${kind} ${method} ${path}`, String(status), text, (found) =>
      expected === null ? Number(found) < 500 : expected.includes(Number(found)),
    );
  }

  private judge(
    what: string,
    status: string,
    text: string,
    isExpected: (status: string) => boolean,
  ): void {
    const { answers } = this.report;
    answers.set(status, (answers.get(status) ?? 0) + 1);
    const code = status.startsWith("5") ? parseFields(text)["code"] : "";
    if (status === "503" && deliberate.has(String(code))) return;
    if (status.startsWith("5")) this.report.failures += 1;
    if (isExpected(status)) return;
    if (status.startsWith("2")) this.report.accepted += 1;
    if (this.surprises.length < surprisesMax) this.surprises.push(`${what}: ${status} ${text}`);
  }

  private send(fuzzed: FuzzedRequest): Promise<{ readonly status: number; readonly text: string }> {
    const { method, path, body } = fuzzed;
    return new Promise((resolve, reject) => {
      const call = request({
        host: this.url.hostname,
        port: this.url.port,
        method,
        path,
        headers: withLength(fuzzed),
        agent: this.agent,
        timeout: answerMsMax,
      });
      call.on("timeout", () => call.destroy(new Error(`no answer to ${method} ${path}`)));
      call.on("error", reject);
      call.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          // Whoever claimed more than it sends leaves a connection that is good for nothing.
          if (fuzzed.kind === "claimed-length") call.destroy();
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      // Who claims more than may be sent is told so before it has sent anything.
      if (fuzzed.kind === "claimed-length") call.flushHeaders();
      else call.end(body ?? undefined);
    });
  }
}

/** Node leaves the length out where a method has seldom a body: the body would be a request. */
function withLength({ kind, headers, body }: FuzzedRequest): FuzzedRequest["headers"] {
  if (kind === "claimed-length" || body === null) return headers;
  return { ...headers, "content-length": String(body.length) };
}
