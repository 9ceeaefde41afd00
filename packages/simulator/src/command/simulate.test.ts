import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { parseCommandLine, UsageError } from "./command-line.ts";
import { argumentsOf } from "../run/plan.ts";
import { simulate } from "./simulate.ts";

function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "quorate-simulate-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A worker that answers like ours, with what `verdictOf` (JavaScript) makes of a seed. */
function workerThat(verdictOf: string): string {
  const program = join(folderOfTest(), "worker.mjs");
  writeFileSync(
    program,
    `import { existsSync, writeFileSync } from "node:fs";
     const verdictOf = (seed) => { ${verdictOf} };
     process.on("message", (job) => {
       const result = { seed: job.seed, verdict: verdictOf(job.seed), checker: "c", message: "m",
         traceDigest: "d" + job.seed, virtualMicros: 1e6, operations: 1, isUndecided: false,
         happened: job.plan.faults ?? ["crash#1", "rot#1", "crash#2"] };
       process.send({ job, result, cpuMicros: 1000 });
     });
     process.on("disconnect", () => process.exit());`,
  );
  return program;
}

async function run(args: readonly string[], program: string, millisMax = 30_000) {
  const said: string[] = [];
  const complained: string[] = [];
  const output = {
    say: (line: string) => void said.push(line),
    complain: (line: string) => void complained.push(line),
  };
  const code = await simulate(parseCommandLine(args), output, { program, millisMax });
  return { code, said, complained };
}

const eight = ["--seed", "1", "--count", "8"];

test("runs that pass end with 0", async () => {
  const { code, said } = await run(eight, workerThat("return 'passed'"));
  expect(code).toBe(0);
  expect(said.at(-1)).toBe("8 passed, 0 failed");
});

test.each([
  ["crash", 127],
  ["liveness", 128],
  ["safety", 129],
])("a run that ends with %s ends the program with %i", async (verdict, expected) => {
  const program = workerThat(`return seed === 3 ? '${verdict}' : 'passed'`);
  const { code, said, complained } = await run(eight, program);
  expect(code).toBe(expected);
  expect(complained.slice(0, 2)).toEqual([
    `seed 3: ${verdict} (c): m`,
    expect.stringMatching(`^seed 3: 3 faults shrunk to 0 in \\d+ runs: ${verdict} \\(c\\): m$`),
  ]);
  expect(complained[2]).toMatch(/^again: npm run simulate -- --seed 3 .*--faults none --trace$/);
  expect(said.slice(-2)).toEqual(["first failing seed: 3", "7 passed, 1 failed"]);
});

test("the first failing seed by number decides, whichever failed first", async () => {
  const verdicts = "return seed === 2 ? 'liveness' : seed > 5 ? 'safety' : 'passed';";
  const inOrder = await run([...eight, "--jobs", "1"], workerThat(verdicts));
  // Seed 2 is not answered before seed 6 was run.
  const mark = JSON.stringify(join(folderOfTest(), "six"));
  const late = `
    if (seed === 6) writeFileSync(${mark}, "");
    while (seed === 2 && !existsSync(${mark}));
    ${verdicts}`;
  const outOfOrder = await run([...eight, "--jobs", "4"], workerThat(late));
  expect(inOrder.code).toBe(128);
  const failures = [2, 6, 7, 8].map((seed) => `seed ${seed}`);
  expect(inOrder.complained.slice(0, 4).map((line) => line.slice(0, 6))).toEqual(failures);
  expect(outOfOrder).toEqual(inOrder);
});

test("a worker that dies is a crash of its seed, and the others are run", async () => {
  const program = workerThat("if (seed === 2) process.exit(9); return 'passed'");
  const { code, complained, said } = await run([...eight, "--jobs", "2"], program);
  expect(code).toBe(127);
  expect(complained).toEqual(["seed 2: crash (process): the run lost its process (exit code 9)"]);
  expect(said.at(-1)).toBe("7 passed, 1 failed");
});

test("a run that never ends is ended, and is a crash of its seed", async () => {
  const program = workerThat("while (seed === 2); return 'passed'");
  const { code, complained } = await run([...eight, "--jobs", "2"], program, 2_000);
  expect(code).toBe(127);
  expect(complained).toEqual(["seed 2: crash (process): the run took longer than 2000 ms"]);
});

test("one process and several find the same", async () => {
  const four = ["--seed", "20", "--count", "4", "--seconds", "1.5"];
  const lines = async (jobs: string): Promise<readonly string[]> => {
    const said: string[] = [];
    const output = { say: (line: string) => void said.push(line), complain: () => undefined };
    await simulate(parseCommandLine([...four, "--jobs", jobs]), output);
    return said.slice(1);
  };
  expect(await lines("3")).toEqual(await lines("1"));
});

test("the options of a shrunk run are read back as its plan", () => {
  const plan = {
    members: 3,
    gateways: 1,
    workers: 2,
    burst: 1,
    administrators: 0,
    absent: 1,
    gatewayLies: 3,
    seconds: 0.125,
    isCalm: true,
    faults: ["point-crash#12", "rot#1"],
  } as const;
  expect(parseCommandLine(argumentsOf(plan).split(" ")).plan).toEqual(plan);
  expect(parseCommandLine(argumentsOf({ faults: [] }).split(" ")).plan).toEqual({ faults: [] });
});

test.each([
  [["--seed", "-1"]],
  [["--seed", "x"]],
  [["--count", "0"]],
  [["--jobs", "0"]],
  [["--jobs", "1.5"]],
  [["--trace", "--count", "2"]],
  [["--unknown"]],
  [["--members", "4"]],
  [["--seconds", "0"]],
  [["--faults", "crash"]],
  [["--faults", "crush#1"]],
])("%j is refused", (args) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
});

test("a command line that is refused ends the program with 1", () => {
  const program = fileURLToPath(new URL("../main.ts", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [program, "--seed", "x"], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/usage: npm run simulate/);
});
