import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The absolute path of the repository. */
export const repositoryFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything that our programs write beside the sources; never in git. */
export const stateFolder = join(repositoryFolder, ".quorate");

const toolsFolder = join(repositoryFolder, "node_modules", ".bin");

/** The environment of a child: our tools and this Node come first in PATH; no telemetry. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const path = [toolsFolder, dirname(process.execPath), process.env["PATH"] ?? ""];
  return {
    ...process.env,
    PATH: path.join(delimiter),
    NEXT_TELEMETRY_DISABLED: "1",
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
  };
}

/** True when some file below the folder (relative to the repository) has this ending. */
export function hasFile(folder: string, ending: string): boolean {
  const path = join(repositoryFolder, folder);
  if (!existsSync(path)) return false;
  const options = { recursive: true, encoding: "utf8" } as const;
  return readdirSync(path, options).some((name) => name.endsWith(ending));
}
