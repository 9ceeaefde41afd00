/** The dashboard is the only thing that is built; only when its sources have changed. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { tailOf } from "./log-file.ts";
import { repositoryFolder, stateFolder } from "./places.ts";
import { runCommand } from "./run-command.ts";

/** What the dashboard is made of, relative to the repository: itself and what it imports. */
const sources = [
  "apps/dashboard",
  "packages/contract/src",
  "packages/queue/src",
  "packages/prelude/src",
];
const madeFolders = new Set(["node_modules", ".next", "out"]);

/** Lines of the log that are shown when the build fails. */
const tailLines = 30;

const dashboardFolder = join(repositoryFolder, "apps", "dashboard");
const stampFile = join(stateFolder, "dashboard.digest");
const logFile = join(stateFolder, "dashboard-build.log");

/** The folder of the built dashboard's files. */
export const dashboardOutFolder = join(dashboardFolder, "out");

/** True when this repository has a dashboard. */
export function hasDashboard(): boolean {
  return existsSync(join(dashboardFolder, "app"));
}

/** True when the built files are those of the sources. */
export function isDashboardBuilt(): boolean {
  if (!existsSync(join(dashboardOutFolder, "index.html")) || !existsSync(stampFile)) return false;
  return readFileSync(stampFile, "utf8") === digestOfSources();
}

/** Builds the dashboard. Throws Failure `buildFailed` with the end of the log. */
export async function buildDashboard(): Promise<void> {
  mkdirSync(dirname(stampFile), { recursive: true });
  rmSync(stampFile, { force: true });
  const next = join(repositoryFolder, "node_modules", "next", "dist", "bin", "next");
  const { code, output } = await runCommand(
    {
      program: process.execPath,
      args: [next, "build"],
      folder: dashboardFolder,
      environment: { NO_COLOR: "1" },
    },
    "silent",
  );
  writeFileSync(logFile, output);
  if (code !== 0) {
    const detail = tailOf(logFile, tailLines);
    throw new Failure(exitCodes.buildFailed, "the dashboard cannot be built", { detail });
  }
  // After the build, because Next rewrites the tsconfig.json beside the sources.
  writeFileSync(stampFile, digestOfSources());
}

function digestOfSources(): string {
  const digest = createHash("sha256");
  const files = ["package-lock.json", ...sources.flatMap(filesBelow)];
  for (const path of files) {
    const bytes = readFileSync(join(repositoryFolder, path));
    digest.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return digest.digest("hex");
}

/** Sources below a folder, sorted; without tests and what programs make. */
function filesBelow(folder: string): readonly string[] {
  const path = join(repositoryFolder, folder);
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  const names = entries.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  return names.flatMap((entry) => {
    const inside = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return madeFolders.has(entry.name) ? [] : filesBelow(inside);
    const isSource = entry.isFile() && !/\.test\.tsx?$|\.tsbuildinfo$/.test(entry.name);
    return isSource ? [inside] : [];
  });
}
