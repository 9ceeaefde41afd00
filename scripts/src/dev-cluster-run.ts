/** A dev cluster that runs: its processes, its tokens, and what `dev.json` says of both. */
import { rmSync } from "node:fs";
import { announcement } from "./announce.ts";
import { type DevFile, writeDevFile } from "./dev-file.ts";
import type { DevFolder } from "./dev-folder.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure, failureOf } from "./failure.ts";
import { type DevCluster, operatorId } from "./genesis.ts";
import { logBytes, tailOf } from "./log-file.ts";
import { loopback } from "./ports.ts";
import { identityOf, type ProcessIdentity } from "./process-identity.ts";
import type { ProcessPlan } from "./process-plan.ts";
import { waitUntilReady } from "./ready.ts";
import { writeRunning } from "./running.ts";
import { complain, say, tell } from "./say.ts";
import { restartMs, stopGraceMs, Supervisor } from "./supervisor.ts";
import { audienceOf, devTokenRenewalMs, type DevTokens, mintDevTokens } from "./tokens.ts";

/** A cluster that is not ready by then on a busy machine with two cores is not going to be. */
const readyMs = 90_000;

/** Lines of its log that are shown for a process that ended at once. */
const tailLines = 20;

/** Starts the processes of a plan and keeps them until a signal comes. Used once. */
export class DevClusterRun {
  readonly #folder: DevFolder;
  readonly #cluster: DevCluster;
  readonly #plan: ProcessPlan;
  readonly #supervisor: Supervisor;
  /** Aborted with null by a signal, and with a Failure when the start cannot succeed. */
  readonly #end = new AbortController();
  /** The last process of each id, for `dev.json`. */
  readonly #pids = new Map<string, number>();
  /** The processes that live, for whoever must end them. */
  readonly #living = new Map<string, ProcessIdentity>();
  /** Where the lines of this run begin in each log. */
  readonly #logBegins = new Map<string, number>();
  /** Null until ready: nobody may read of a cluster that does not serve yet. */
  #tokens: DevTokens | null = null;

  constructor(folder: DevFolder, cluster: DevCluster, plan: ProcessPlan, restart: boolean) {
    this.#folder = folder;
    this.#cluster = cluster;
    this.#plan = plan;
    const specs = [...plan.replicas.map((replica) => replica.spec), plan.api.spec];
    for (const { id, log } of specs) this.#logBegins.set(id, logBytes(log));
    this.#supervisor = new Supervisor({
      specs,
      restart,
      restartMs,
      stopGraceMs,
      onStarted: (id, pid) => this.#onStarted(id, pid),
      onEnded: (id, how) => this.#onEnded(id, how, restart),
    });
  }

  /** Returns when a signal has ended everything. Throws Failure when the start fails. */
  async untilStopped(): Promise<void> {
    const stop = (): void => {
      this.#supervisor.expectEnds();
      this.#end.abort(null);
    };
    process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
    try {
      await this.#serve();
    } catch (error) {
      // A signal during the start is an end like any other.
      if (!this.#end.signal.aborted || this.#end.signal.reason !== null) throw error;
    } finally {
      await this.#supervisor.stop();
    }
    say("quorate: stopped");
  }

  async #serve(): Promise<void> {
    const { signal } = this.#end;
    // Whoever finds the file finds a cluster that is ready, not one of yesterday.
    rmSync(this.#folder.devFile, { force: true });
    const tokens = await this.#mint();
    this.#supervisor.start();
    await waitUntilReady({
      apiUrl: this.#plan.api.url,
      viewerToken: tokens.viewer,
      replicaIds: this.#plan.replicas.map((replica) => replica.id),
      timeoutMs: readyMs,
      logOf: (id) => this.#folder.log(id),
      onProgress: (what) => say(`quorate: waiting for ${what}`),
      signal,
    });
    this.#tokens = tokens;
    const file = this.#devFile(tokens);
    writeDevFile(this.#folder.devFile, file);
    this.#announce(file);
    const renewal = setInterval(() => void this.#renewTokens(), devTokenRenewalMs);
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    clearInterval(renewal);
  }

  /** Tokens are shown to the person who waits, and written into no log. */
  #announce(file: DevFile): void {
    const isDetached = process.connected;
    const text = announcement(file, this.#folder.devFile, isDetached);
    if (isDetached) {
      console.log(`quorate: ready at ${file.apiUrl}`);
      tell({ kind: "line", line: text });
    } else console.log(text);
    tell({ kind: "ready" });
  }

  #mint(): Promise<DevTokens> {
    const audience = audienceOf(this.#cluster.clusterIdHex);
    return mintDevTokens(this.#folder.issuerKeyFile, audience, Math.floor(Date.now() / 1000));
  }

  /** Tokens that cannot be renewed now leave the old ones for as long as they last. */
  async #renewTokens(): Promise<void> {
    try {
      this.#tokens = await this.#mint();
    } catch (error) {
      complain(`quorate: tokens were not renewed: ${failureOf(error)?.message ?? String(error)}`);
    }
    this.#publish();
  }

  #onStarted(id: string, pid: number): void {
    this.#pids.set(id, pid);
    const identity = identityOf(pid);
    if (identity !== null) this.#living.set(id, identity);
    this.#publish();
  }

  #onEnded(id: string, how: string, restart: boolean): void {
    this.#living.delete(id);
    if (this.#tokens !== null) {
      complain(`quorate: ${id} ended (${how})${restart ? "; starting it again" : ""}`);
      this.#publish();
      return;
    }
    const detail = tailOf(this.#folder.log(id), tailLines, this.#logBegins.get(id) ?? 0);
    this.#end.abort(new Failure(exitCodes.notReady, `${id} ended (${how})`, { detail }));
  }

  /**
   * Writes down what has changed. A full disk must not end the supervisor: the files then tell of
   * earlier processes until the next change, and so does the log.
   */
  #publish(): void {
    try {
      writeRunning(this.#folder.runningFile, [...this.#living.values()]);
      if (this.#tokens !== null) writeDevFile(this.#folder.devFile, this.#devFile(this.#tokens));
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      complain(`quorate: ${failure.message}`);
    }
  }

  #devFile(tokens: DevTokens): DevFile {
    const folder = this.#folder;
    return {
      apiUrl: this.#plan.api.url,
      tokens,
      operatorKeyFile: folder.keyFile(operatorId),
      operatorPassphraseFile: folder.passphraseFile(operatorId),
      replicas: this.#plan.replicas.map(({ id, index, port, metricsPort }) => ({
        id,
        index,
        pid: this.#pids.get(id) ?? 0,
        url: `http://${loopback}:${port}`,
        metricsUrl: `http://${loopback}:${metricsPort}/metrics`,
        dataDir: folder.dataFolder(id),
        log: folder.log(id),
      })),
      api: { pid: this.#pids.get("api") ?? 0, log: folder.log("api") },
    };
  }
}
