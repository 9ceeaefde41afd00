/** Which gateway and token count here, what says so, and what does not count because of it. */
import { statSync } from "node:fs";
import type { Cli } from "../cli.ts";
import type { Connection } from "../contexts/connection.ts";
import { readContexts } from "../contexts/context-file.ts";
import { readDevFile } from "../contexts/dev-file.ts";
import { Failure } from "../failure.ts";
import { broken, fine, type Finding, warned } from "./finding.ts";

/** Permissions of others than the owner. */
const othersMode = 0o077;

/** The gateway that counts, or null; and what is to say about it. */
export function examineAddress(cli: Cli): {
  readonly connection: Connection | null;
  readonly finding: Finding;
} {
  try {
    const connection = cli.connection();
    const { url, urlFrom } = connection;
    const others = placesOf(cli).filter((place) => place !== urlFrom);
    const overruled = others.length === 0 ? "" : `; it goes before ${others.join(", ")}`;
    return { connection, finding: fine("address", `${url} (${urlFrom})${overruled}`) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, hint, exitCode } = error;
    const finding = broken("address", exitCode, { found: message, advice: hint });
    return { connection: null, finding };
  }
}

/** Everything here that names a gateway, in the words of a connection's `urlFrom`. */
function placesOf({ globals, host: { environment, folder } }: Cli): readonly string[] {
  const { current } = readContexts(environment.contextFile);
  const context = globals.context ?? environment.context ?? current;
  return [
    ...(globals.url === undefined ? [] : ["--url"]),
    ...(environment.url === null ? [] : ["QUORATE_URL"]),
    ...(context === null ? [] : [`context ${context}`]),
    ...(readDevFile(folder) === null ? [] : ["dev cluster"]),
  ];
}

/** Whether the file that keeps tokens is its owner's alone; nothing where there is none. */
export function examineContextFile({ host: { environment } }: Cli): readonly Finding[] {
  const { contextFile } = environment;
  const mode = statSync(contextFile, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || process.platform === "win32") return [];
  if ((mode & othersMode) === 0) return [fine("context file", `${contextFile} is yours alone`)];
  return [
    warned(
      "context file",
      `others than you may read ${contextFile}, which keeps tokens`,
      `chmod 600 ${contextFile}`,
    ),
  ];
}
