import { existsSync } from "node:fs";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { runCommand } from "./run-command.ts";

/** A program of the machine that tests need, and the Debian package that has it. */
export interface MachineTool {
  readonly debianPackage: string;
  /** Where distributions put it; the first that exists is taken. */
  readonly paths: readonly string[];
  /** Where it cannot be had, its tests are skipped with a notice instead of failing all. */
  readonly isOptional?: true;
}

export const redisServer: MachineTool = {
  debianPackage: "redis-server",
  paths: ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"],
};

export const nginx: MachineTool = {
  debianPackage: "nginx-light",
  paths: ["/usr/sbin/nginx", "/usr/local/bin/nginx", "/opt/homebrew/bin/nginx"],
  isOptional: true,
};

export const zsh: MachineTool = {
  debianPackage: "zsh",
  paths: ["/usr/bin/zsh", "/bin/zsh", "/usr/local/bin/zsh", "/opt/homebrew/bin/zsh"],
  isOptional: true,
};

export const fish: MachineTool = {
  debianPackage: "fish",
  paths: ["/usr/bin/fish", "/usr/local/bin/fish", "/opt/homebrew/bin/fish"],
  isOptional: true,
};

export const chromium: MachineTool = {
  debianPackage: "chromium",
  paths: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
};

/** Where the browser is: what QUORATE_CHROMIUM says, else where it is installed, else null. */
export function findChromium(): string | null {
  const override = process.env["QUORATE_CHROMIUM"];
  if (override === undefined || override === "") return findTool(chromium);
  if (existsSync(override)) return override;
  const line = `QUORATE_CHROMIUM names ${override}, which does not exist`;
  throw new Failure(exitCodes.missingTool, line);
}

/**
 * Installs what is missing, where that is possible without a question. Throws Failure
 * `missingTool` with the line to type where it is not, unless tests can do without it.
 */
export async function installMissing(tools: readonly MachineTool[]): Promise<void> {
  const missing = tools.filter((tool) => !isPresent(tool));
  await install(missing.filter(({ isOptional }) => isOptional === undefined));
  for (const tool of missing.filter(({ isOptional }) => isOptional)) {
    try {
      await install([tool]);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      console.warn(`${error.message} (without it some tests are skipped)`);
    }
  }
}

async function install(tools: readonly MachineTool[]): Promise<void> {
  const missing = tools.map((tool) => tool.debianPackage);
  if (missing.length === 0) return;
  const words = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  const asRoot = existsSync("/etc/debian_version") ? await wayToBecomeRoot() : null;
  if (asRoot === null) throw cannotInstall(words);
  console.log(`installing ${missing.join(" and ")} (apt-get) …`);
  if (await succeeds([...asRoot, ...words])) return;
  // Package lists of a fresh machine are empty or old.
  await succeeds([...asRoot, "apt-get", "update"]);
  if (!(await succeeds([...asRoot, ...words]))) throw cannotInstall(words);
}

function cannotInstall(words: readonly string[]): Failure {
  const line = `programs are missing; please run: sudo ${words.join(" ")}`;
  return new Failure(exitCodes.missingTool, line);
}

function isPresent(tool: MachineTool): boolean {
  return tool === chromium ? findChromium() !== null : findTool(tool) !== null;
}

function findTool(tool: MachineTool): string | null {
  return tool.paths.find((path) => existsSync(path)) ?? null;
}

/** The words to put before a command that needs root, or null when there are none. */
async function wayToBecomeRoot(): Promise<readonly string[] | null> {
  if (process.getuid?.() === 0) return [];
  return (await succeeds(["sudo", "-n", "true"])) ? ["sudo", "-n"] : null;
}

async function succeeds([program = "", ...args]: readonly string[]): Promise<boolean> {
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  return (await runCommand({ program, args, environment }, "silent")).code === 0;
}
