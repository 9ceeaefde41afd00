import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { identityOf } from "./process-identity.ts";
import { type ProcessSpec, Supervisor } from "./supervisor.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-supervisor-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

/** Runs for ever, and says so. */
const runsOn = "console.log('up'); setInterval(() => {}, 1000);";

test("a process that dies is started again with another pid", async () => {
  const { supervisor, starts, ends } = supervise(runsOn, true);
  supervisor.start();
  const first = await starts.next();
  process.kill(first, "SIGKILL");
  expect(await ends.next()).toBe("SIGKILL");
  const second = await starts.next();
  expect(second).not.toBe(first);
  await supervisor.stop();
  expect(identityOf(second)).toBe(null);
});

test("without restart a process that dies stays dead, and its exit code is told", async () => {
  const { supervisor, starts, ends } = supervise("process.exit(3);", false);
  supervisor.start();
  await starts.next();
  expect(await ends.next()).toBe("exit code 3");
  await supervisor.stop();
  expect(starts.waiting()).toBe(0);
});

test("stop ends a process in order, and reports no end that was asked for", async () => {
  const ending = `process.on("SIGTERM", () => { console.log("in order"); process.exit(0); });`;
  const { supervisor, spec, starts, ends } = supervise(`${ending} ${runsOn}`, true);
  supervisor.start();
  const pid = await starts.next();
  await isUp(spec);
  await supervisor.stop();
  expect(identityOf(pid)).toBe(null);
  expect(readFileSync(spec.log, "utf8")).toBe("up\nin order\n");
  expect(ends.waiting()).toBe(0);
});

test("a process that does not end in time is killed", async () => {
  const { supervisor, spec, starts } = supervise(
    `process.on("SIGTERM", () => {}); ${runsOn}`,
    true,
    {
      stopGraceMs: 100,
    },
  );
  supervisor.start();
  const pid = await starts.next();
  await isUp(spec);
  await supervisor.stop();
  expect(identityOf(pid)).toBe(null);
});

test("stop between a death and the restart leaves nothing behind", async () => {
  const { supervisor, starts, ends } = supervise("process.exit(1);", true, {
    restartMs: 60_000,
  });
  supervisor.start();
  await starts.next();
  await ends.next();
  await supervisor.stop();
  expect(starts.waiting()).toBe(0);
});

/** The process has run its first lines. */
async function isUp(spec: ProcessSpec): Promise<void> {
  await expect.poll(() => readFileSync(spec.log, "utf8"), { timeout: 20_000 }).toBe("up\n");
}

function supervise(program: string, restart: boolean, options = {}) {
  const times = { restartMs: 10, stopGraceMs: 20_000, ...options };
  const path = join(folder, "program.mjs");
  writeFileSync(path, program);
  const spec: ProcessSpec = { id: "p", args: [path], log: join(folder, "p.log") };
  const starts = new Mailbox<number>();
  const ends = new Mailbox<string>();
  const supervisor = new Supervisor({
    specs: [spec],
    restart,
    ...times,
    onStarted: (_id, pid) => starts.put(pid),
    onEnded: (_id, how) => ends.put(how),
  });
  return { supervisor, spec, starts, ends };
}

/** Values that come one by one, for a reader who waits for the next. */
class Mailbox<Value> {
  readonly #values: Value[] = [];
  readonly #readers: ((value: Value) => void)[] = [];

  put(value: Value): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#values.push(value);
    else reader(value);
  }

  next(): Promise<Value> {
    const [value] = this.#values.splice(0, 1);
    return value === undefined
      ? new Promise((resolve) => this.#readers.push(resolve))
      : Promise.resolve(value);
  }

  waiting(): number {
    return this.#values.length;
  }
}
