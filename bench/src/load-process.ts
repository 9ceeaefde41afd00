/** The load generator: a process of its own that does one job and tells the result. */
import { performance } from "node:perf_hooks";
import { cpuMicrosOf } from "./cpu-time.ts";
import { type HttpAnswer, HttpConnection } from "./http-connection.ts";
import type { LoadJob, LoadResult } from "./load-job.ts";
import { percentile } from "./percentile.ts";

/** Longer than any run. */
const leaseMs = 10 * 60 * 1000;

/** Messages done and calls measured by all connections of a job. */
class LoadRun {
  messages = 0;
  callMs: number[] = [];
  readonly #job: LoadJob;
  readonly #body: string;
  #deadlineMs = 0;
  /** The request of a single enqueue, the same each time. */
  #single: Buffer | null = null;
  /** Number of the next message; goes on from one phase to the next. */
  #next = 0;

  constructor(job: LoadJob) {
    this.#job = job;
    // The quotes of a JSON string are bytes of the body.
    this.#body = JSON.stringify("x".repeat(Math.max(0, job.bodyBytes - 2)));
  }

  /** Works for this long; what was done before does not count any more. */
  async phase(connections: readonly HttpConnection[], lastsMs: number): Promise<void> {
    this.messages = 0;
    this.callMs = [];
    this.#deadlineMs = performance.now() + lastsMs;
    await Promise.all(connections.map((connection) => this.#workOn(connection)));
  }

  async #workOn(connection: HttpConnection): Promise<void> {
    const { work } = this.#job;
    while (performance.now() < this.#deadlineMs && this.#next < this.#job.messagesMax) {
      if (work === "enqueue") await this.#enqueue(connection);
      else if (work === "batch") await this.#enqueueBatch(connection);
      else if (!(await this.#dequeueAndAck(connection))) return;
    }
  }

  async #enqueue(connection: HttpConnection): Promise<void> {
    this.#next += 1;
    this.#single ??= connection.requestOf(this.#pathOf("enqueue"), `{"body":${this.#body}}`);
    expectStatus(await this.#timed(connection, this.#single), 201);
    this.messages += 1;
  }

  async #enqueueBatch(connection: HttpConnection): Promise<void> {
    const { batch, name } = this.#job;
    const first = this.#next;
    this.#next += batch;
    const entries: string[] = [];
    for (let index = first; index < first + batch; index++) {
      entries.push(`{"dedupId":"${name}-${index}","body":${this.#body}}`);
    }
    const json = `{"messages":[${entries.join(",")}]}`;
    const answer = await this.#call(connection, "enqueue/batch", json);
    expectStatus(answer, 200);
    const summary = `"summary":{"accepted":${batch},"duplicates":0,"refused":0}`;
    if (!answer.text.includes(summary)) throw new Error(`not accepted: ${answer.text.slice(-400)}`);
    this.messages += batch;
  }

  /** False when the queue is empty. */
  async #dequeueAndAck(connection: HttpConnection): Promise<boolean> {
    const { batch, name } = this.#job;
    const dequeueId = `${name}-${this.callMs.length}-${Math.random()}`;
    const json = `{"max":${batch},"leaseMs":${leaseMs},"dequeueId":"${dequeueId}"}`;
    const taken = await this.#call(connection, "dequeue", json);
    expectStatus(taken, 200);
    const leases = [...taken.text.matchAll(/"leaseId":"([^"]+)"/g)].map(([, leaseId]) => leaseId);
    if (leases.length === 0) return false;
    this.#next += leases.length;
    const entries = leases.map((leaseId) => `{"action":"ack","leaseId":"${leaseId}"}`);
    const settled = await this.#call(
      connection,
      "settle",
      `{"settlements":[${entries.join(",")}]}`,
    );
    expectStatus(settled, 200);
    if (!settled.text.includes(`"summary":{"ok":${leases.length},"failed":0}`)) {
      throw new Error(`not settled: ${settled.text.slice(-400)}`);
    }
    this.messages += leases.length;
    return true;
  }

  #call(connection: HttpConnection, what: string, json: string): Promise<HttpAnswer> {
    return this.#timed(connection, connection.requestOf(this.#pathOf(what), json));
  }

  #pathOf(what: string): string {
    return `/v1/queues/${this.#job.queue}/${what}`;
  }

  async #timed(connection: HttpConnection, request: Buffer): Promise<HttpAnswer> {
    const begin = performance.now();
    const answer = await connection.send(request);
    this.callMs.push(performance.now() - begin);
    return answer;
  }
}

function expectStatus({ status, text }: HttpAnswer, expected: number): void {
  if (status !== expected) throw new Error(`answered ${status}: ${text.slice(0, 400)}`);
}

async function runJob(job: LoadJob): Promise<LoadResult> {
  const connections = Array.from({ length: job.connections }, () => new HttpConnection(job));
  await Promise.all(connections.map((connection) => connection.open()));
  const run = new LoadRun(job);
  await run.phase(connections, job.warmUpMs);
  const cpuOfWatched = (): number[] => job.watchedPids.map(cpuMicrosOf);
  const watchedBefore = cpuOfWatched();
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  await run.phase(connections, job.lastsMs);
  const tookMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpuBefore);
  const watchedAfter = cpuOfWatched();
  for (const connection of connections) connection.close();
  return {
    messages: run.messages,
    calls: run.callMs.length,
    tookMs,
    callMsP50: percentile(run.callMs, 0.5),
    callMsP99: percentile(run.callMs, 0.99),
    callMsMax: percentile(run.callMs, 1),
    cpuMicros: user + system,
    watchedCpuMicros: watchedAfter.map((after, at) => after - (watchedBefore[at] ?? Number.NaN)),
  };
}

const job: LoadJob = JSON.parse(process.argv[2] ?? "");
console.log(JSON.stringify(await runJob(job)));
