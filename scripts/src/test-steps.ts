/** The steps of `npm test`: what each runs, and how its tests are counted. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checks, runChecks } from "./checks.ts";
import { buildDashboard, hasDashboard } from "./dashboard-build.ts";
import { failureOf } from "./failure.ts";
import { readFields } from "./json-fields.ts";
import { hasFile, repositoryFolder } from "./places.ts";
import { runCommand } from "./run-command.ts";
import { freshReport, runVitest } from "./run-vitest.ts";
import {
  countsAtEnd,
  lineCounts,
  playwrightCounts,
  sumCounts,
  type TestCounts,
} from "./test-report.ts";
import {
  chromium,
  findChromium,
  fish,
  type MachineTool,
  nginx,
  redisServer,
  zsh,
} from "./test-tools.ts";

/** One step of `npm test`. */
export interface TestStep {
  readonly name: string;
  /** False when the repository has nothing of this kind. */
  readonly exists: boolean;
  /** Programs of the machine that the step cannot do without. */
  readonly needs: readonly MachineTool[];
  run(): Promise<TestCounts>;
}

/** Seeds of the simulator in one `npm test`: about two minutes on two cores. */
const simulatorSeeds = 400;

const simulator = "packages/simulator/src/main.ts";
const browserConfig = "test/e2e/playwright.config.ts";

/** All steps, cheapest first. */
export const testSteps: readonly TestStep[] = [
  { name: "check", exists: true, needs: [], run: runCheckStep },
  { name: "unit", exists: true, needs: [redisServer], run: () => runVitest(["unit", "pure"]) },
  {
    name: "simulate",
    exists: existsSync(join(repositoryFolder, simulator)),
    needs: [],
    run: simulate,
  },
  { name: "build", exists: hasDashboard(), needs: [], run: build },
  {
    name: "integration",
    exists: hasFile("test/integration", ".test.ts"),
    needs: [redisServer, nginx],
    run: () => runVitest(["integration"]),
  },
  {
    name: "conformance",
    exists: hasFile("test/conformance", ".test.ts"),
    needs: [zsh, fish],
    run: () => runVitest(["conformance"]),
  },
  {
    name: "fuzz",
    exists: hasFile("test/fuzz", ".test.ts"),
    needs: [],
    run: () => runVitest(["fuzz"]),
  },
  { name: "e2e", exists: hasFile("test/e2e", ".config.ts"), needs: [chromium], run: runBrowser },
];

/** Every rule book counts as one test; the tidiness tests count one by one. */
async function runCheckStep(): Promise<TestCounts> {
  const withoutTidy = checks.filter((check) => check.name !== "tidy");
  return sumCounts([await runChecks(withoutTidy, "go on"), await runVitest(["tidy"])]);
}

/** Seeds of the present sources, then each mutant by the seed that found it. */
async function simulate(): Promise<TestCounts> {
  return sumCounts([
    await runSimulator("--seed", "1", "--count", String(simulatorSeeds), "--regressions"),
    await runSimulator("--mutants", "--remembered"),
  ]);
}

async function runSimulator(...args: readonly string[]): Promise<TestCounts> {
  const end = await runCommand({ program: process.execPath, args: [simulator, ...args] }, "echo");
  return countsAtEnd(lineCounts(end.output), end.code);
}

/** The dashboard's export counts as one test. */
async function build(): Promise<TestCounts> {
  try {
    await buildDashboard();
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    console.log(`${failure.message}\n${failure.detail}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function runBrowser(): Promise<TestCounts> {
  const report = freshReport("e2e");
  const environment = {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    QUORATE_CHROMIUM: findChromium() ?? "",
  };
  const args = ["test", "--config", browserConfig, "--reporter=list,json"];
  const end = await runCommand({ program: "playwright", args, environment }, "echo");
  const fields = readFields(report);
  return countsAtEnd(fields === null ? null : playwrightCounts(fields), end.code);
}
