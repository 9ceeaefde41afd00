/** The SDK as it is published: what `npm pack` makes of it, installed where nothing else is. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { bundleSdk } from "@quorate/scripts/src/sdk-bundle.ts";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryFolder } from "../../tidy/repository-files.ts";
import { machineNodes } from "../machine-nodes.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-sdk-"));
const packageFolder = join(folder, "package");
const userFolder = join(folder, "user");
const tool = (name: string) => join(repositoryFolder, "node_modules/.bin", name);
let tarball: string;

/** Sends a message to a worker and says what the worker got. */
const program = `
import { Quorate, isQuorateError, Reject } from "@quorate/sdk";
import { TestCluster } from "@quorate/sdk/testing";

export async function story() {
  const cluster = new TestCluster();
  const queue = cluster.client().queue("orders");
  await queue.put({ maxFailures: 2 });
  const seen = [];
  const worker = queue.worker(({ body }, { fence }) => {
    seen.push([body, fence]);
    if (body === "bad") throw new Reject("no");
  });
  await queue.enqueueMany(["good", 2n ** 60n, "bad"].map((body) => ({ body })));
  await cluster.advance(1000);
  const closing = worker.close();
  await cluster.advance(1000);
  await closing;
  const { stats } = await queue.get();
  const refused = await queue.ack("nothing").catch((error) => error);
  const isOfPackage = cluster.client() instanceof Quorate && isQuorateError(refused);
  return [...seen.flat().map(String), stats.dead, refused.code, isOfPackage].join(" ");
}
`;
const told = "good 1 1152921504606846976 2 bad 3 1 lease-unknown true";

beforeAll(async () => {
  await bundleSdk(packageFolder);
  const packed = execFileSync("npm", ["pack", "--silent"], {
    cwd: packageFolder,
    encoding: "utf8",
  });
  tarball = join(packageFolder, packed.trim());
  mkdirSync(userFolder);
  writeFileSync(join(userFolder, "package.json"), '{"private":true,"type":"module"}');
  const args = ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball];
  execFileSync("npm", args, { cwd: userFolder });
  writeFileSync(join(userFolder, "story.js"), program);
  writeFileSync(
    join(userFolder, "main.js"),
    'import { story } from "./story.js";\nconsole.log(await story());\n',
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each(machineNodes())("a program with the package runs in %s", (node) => {
  const { stdout, stderr } = spawnSync(node, ["main.js"], { cwd: userFolder, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.trim()).toBe(told);
});

/** One copy's worker and clients meet what another copy's classes have made. */
const strangeProgram = `
import * as own from "@quorate/sdk";
import * as other from "./copy/index.js";
import { TestCluster } from "@quorate/sdk/testing";

const cluster = new TestCluster();
const queue = cluster.client().queue("orders");
await queue.put();
const worker = queue.worker(({ body }) => {
  if (body === "bad") throw new other.Reject("no", { cause: new RangeError("?") });
  throw new other.Release("later", { delayMs: 60_000 });
});
await queue.enqueueMany([{ body: "bad" }, { body: "good" }]);
await cluster.advance(1000);
const { ready, scheduled, dead } = (await queue.get()).stats;
console.log(ready, scheduled, dead);
const closing = worker.close();
await cluster.advance(1000);
await closing;

const lost = await queue.ack("nothing").catch((error) => error);
console.log(own.Reject === other.Reject, Object.getPrototypeOf(lost) === other.LeaseLostError.prototype);
console.log(lost instanceof other.LeaseLostError, lost instanceof other.QuorateError, other.isQuorateError(lost));
console.log(lost instanceof other.RefusedError, {} instanceof other.QuorateError, null instanceof other.Reject);
`;

test.each(machineNodes())("what another copy of the package throws is known in %s", (node) => {
  cpSync(join(userFolder, "node_modules/@quorate/sdk"), join(userFolder, "copy"), {
    recursive: true,
  });
  writeFileSync(join(userFolder, "strange.js"), strangeProgram);
  const { stdout, stderr } = spawnSync(node, ["strange.js"], { cwd: userFolder, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout).toBe("0 1 1\nfalse false\ntrue true true\nfalse false false\n");
});

test("the package depends on nothing, and holds no source and no test", () => {
  const manifest: Record<string, unknown> = JSON.parse(
    readFileSync(join(packageFolder, "package.json"), "utf8"),
  );
  expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
  const listed = execFileSync("tar", ["--list", "--file", tarball], { encoding: "utf8" });
  const names = listed.trim().split("\n");
  expect(names).toContain("package/index.js");
  expect(names).toContain("package/LICENSE");
  expect(names.filter((name) => /\.test\.|(?<!\.d)\.ts$/.test(name))).toEqual([]);
});

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: packageFolder, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test("the types are right however they are resolved", () => {
  const args = [
    tarball,
    "--profile",
    "esm-only",
    "--no-definitely-typed",
    "--format",
    "ascii",
    "--no-color",
    "--no-emoji",
  ];
  const { status, stdout } = spawnSync(tool("attw"), args, { encoding: "utf8" });
  expect(stdout.match(/node16 \(from ESM\): OK \(ESM\)/g)).toHaveLength(2);
  expect(stdout.match(/bundler: OK\s/g)?.length).toBeGreaterThanOrEqual(2);
  expect(status).toBe(0);
});

test("the types are checked without those of Node", () => {
  const source = `
    import { type EnqueueResult, Quorate, QuorateError, type Worker } from "@quorate/sdk";
    import { TestCluster } from "@quorate/sdk/testing";
    interface Order { readonly id: number }
    const quorate = new Quorate({ url: "http://localhost:8080", token: "t" });
    const orders = quorate.queue<Order>("orders");
    export const sent: Promise<EnqueueResult> = orders.enqueue({ id: 1 }, { priority: 9 });
    export const worker: Worker<Order> = orders.worker(async ({ body }, { signal }) => {
      signal.throwIfAborted();
      return body.id.toFixed();
    });
    export const cluster = new TestCluster();
    export async function view(): Promise<string | null> {
      const { body } = await quorate.request("getCluster", {});
      return body.primary;
    }
    export const isBusy = (error: unknown) => error instanceof QuorateError && error.code === "overloaded";
    // @ts-expect-error a body of another type
    void orders.enqueue({ id: "1" });
    // @ts-expect-error a route that there is not
    void quorate.request("getWeather", {});
    // @ts-expect-error a call without the queue's name
    void quorate.request("getQueue", {});
  `;
  writeFileSync(join(userFolder, "user.ts"), source);
  const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--types", ""];
  const lib = ["--lib", "es2022,dom,esnext.disposable", "--target", "es2022"];
  const modules = ["--module", "nodenext", "user.ts"];
  const { stdout, status } = spawnSync(tool("tsc"), [...options, ...lib, ...modules], {
    cwd: userFolder,
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

test("a page's bundle of it needs nothing of Node", async () => {
  const bundle = await rolldown({ input: join(userFolder, "story.js"), platform: "browser" });
  const { output } = await bundle.generate({ format: "iife", name: "page" });
  await bundle.close();
  expect(output).toHaveLength(1);
  const [{ code }] = output;
  expect(code).not.toMatch(/["']node:/);
  // What a page has, and nothing else.
  const page = createContext({
    AbortController,
    AbortSignal,
    DOMException,
    Headers,
    MessageChannel,
    Request,
    Response,
    TextDecoder,
    TextEncoder,
    URL,
    URLSearchParams,
    atob,
    btoa,
    clearTimeout,
    crypto,
    fetch,
    performance,
    queueMicrotask,
    setTimeout,
  });
  const story: unknown = await runInContext(`${code};page.story()`, page);
  expect(story).toBe(told);
});

test("the client alone is small, and has no schema library in it", async () => {
  const input = join(userFolder, "client.js");
  writeFileSync(input, 'export { Quorate } from "@quorate/sdk";');
  const bundle = await rolldown({ input, platform: "browser" });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  expect(output[0].code).not.toContain("ZodType");
  expect(output[0].code.length).toBeLessThan(40_000);
});
