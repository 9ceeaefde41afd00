/** The whole life of `npm start` around tiny programs in place of the replicas and the API. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { DevFile } from "./dev-file.ts";
import { type DevFolder, devFolderAt } from "./dev-folder.ts";
import { exitCodes } from "./exit-codes.ts";
import { findFreePorts } from "./ports.ts";
import { identityOf } from "./process-identity.ts";
import { livingOf, readRunning } from "./running.ts";
import { newsIn } from "./say.ts";
import { createIssuerKey } from "./tokens.ts";

const replicaProgram = "console.log('replica up'); setInterval(() => {}, 1000);";
const apiProgram = `
  import { createServer } from "node:http";
  const members = ["r0", "r1", "r2"].map((id) => ({ id, status: "normal" }));
  createServer((request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(request.url === "/v1/cluster" ? JSON.stringify({ members }) : "{}");
  }).listen(Number(process.argv[2]), "127.0.0.1");`;

let folder: DevFolder;
let apiPort = 0;

beforeEach(async () => {
  folder = devFolderAt(mkdtempSync(join(tmpdir(), "quorate-run-")));
  onTestFinished(() => rmSync(folder.path, { recursive: true }));
  for (const path of [folder.keysFolder, folder.logFolder]) mkdirSync(path);
  await createIssuerKey(folder.issuerKeyFile, folder.issuerKeySetFile);
  [apiPort = 0] = await findFreePorts(1);
});

test("a cluster that is ready is in dev.json, readable by its owner alone", async () => {
  const run = startRun(replicaProgram, apiProgram);
  await run.ready;
  const file = readDevFile();
  expect(file.apiUrl).toBe(`http://127.0.0.1:${apiPort}`);
  expect(file.replicas.map(({ id, index }) => `${id}/${index}`)).toEqual(["r0/0", "r1/1", "r2/2"]);
  expect(statSync(folder.devFile).mode & 0o777).toBe(0o600);
  const pids = [...file.replicas.map((replica) => replica.pid), file.api.pid];
  expect(pids.map(identityOf)).not.toContain(null);
  const living = livingOf(readRunning(folder.runningFile)).map(({ pid }) => pid);
  expect(living).toEqual([run.process.pid, ...pids]);

  run.process.kill("SIGTERM");
  expect(await run.exitCode).toBe(exitCodes.ok);
  expect(pids.map(identityOf)).toEqual(pids.map(() => null));
});

test("a replica that is killed comes back, and dev.json has its new pid", async () => {
  const run = startRun(replicaProgram, apiProgram);
  await run.ready;
  const before = readDevFile().replicas[1]?.pid ?? 0;
  process.kill(before, "SIGKILL");
  await expect.poll(() => readDevFile().replicas[1]?.pid, { timeout: 20_000 }).not.toBe(before);
  expect(identityOf(readDevFile().replicas[1]?.pid ?? 0)).not.toBe(null);
  run.process.kill("SIGINT");
  run.process.kill("SIGINT");
  expect(await run.exitCode).toBe(exitCodes.ok);
});

test("a replica that ends during the start ends the start, with the end of its log", async () => {
  const faulty = "console.log('the disk is upside down'); process.exit(4);";
  const run = startRun(faulty, apiProgram);
  expect(await run.exitCode).toBe(exitCodes.notReady);
  expect(run.errors()).toMatch(/quorate: r\d ended \(exit code 4\)/);
  expect(run.errors()).toMatch(/\| the disk is upside down/);
  expect(() => readDevFile()).toThrow(/ENOENT/);
});

test("a signal during the start is an orderly end", async () => {
  const run = startRun(replicaProgram, "setInterval(() => {}, 1000);");
  await run.firstLine;
  run.process.kill("SIGTERM");
  expect(await run.exitCode).toBe(exitCodes.ok);
});

function readDevFile(): DevFile {
  return JSON.parse(readFileSync(folder.devFile, "utf8"));
}

interface Run {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly firstLine: Promise<void>;
  readonly exitCode: Promise<number | null>;
  errors(): string;
}

/** Runs a cluster of three in a process of its own, as `npm start` does. */
function startRun(replica: string, api: string): Run {
  const program = writeDriver(replica, api);
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString("utf8")));
  child.stdout?.resume();
  const heard = (kind: "ready" | "line"): Promise<void> =>
    new Promise((resolve) => {
      child.on("message", (message) => {
        if (newsIn(message)?.kind === kind) resolve();
      });
    });
  return {
    process: child,
    ready: heard("ready"),
    firstLine: heard("line"),
    exitCode: new Promise((resolve) => child.on("close", resolve)),
    errors: () => errors,
  };
}

function writeDriver(replica: string, api: string): string {
  const replicaPath = join(folder.path, "replica.mjs");
  const apiPath = join(folder.path, "api.mjs");
  writeFileSync(replicaPath, replica);
  writeFileSync(apiPath, api);
  const replicas = [0, 1, 2].map((index) => {
    const id = `r${index}`;
    const spec = { id, args: [replicaPath], log: folder.log(id) };
    return { id, index, port: 20_000 + index, metricsPort: 20_010 + index, spec };
  });
  const apiSpec = { id: "api", args: [apiPath, String(apiPort)], log: folder.log("api") };
  const apiPlan = { url: `http://127.0.0.1:${apiPort}`, spec: apiSpec };
  const plan = { replicas, api: apiPlan, otherApis: [] };
  const cluster = { clusterIdHex: "ab".repeat(32), replicas };
  const path = join(folder.path, "driver.mjs");
  const here = JSON.stringify(import.meta.dirname);
  writeFileSync(
    path,
    `const { DevClusterRun } = await import(${here} + "/dev-cluster-run.ts");
     const { devFolderAt } = await import(${here} + "/dev-folder.ts");
     const { runToExit } = await import(${here} + "/failure.ts");
     const folder = devFolderAt(${JSON.stringify(folder.path)});
     const plan = ${JSON.stringify(plan)};
     await runToExit(async () => {
       await new DevClusterRun(folder, ${JSON.stringify(cluster)}, plan, true).untilStopped();
       return 0;
     });`,
  );
  return path;
}
