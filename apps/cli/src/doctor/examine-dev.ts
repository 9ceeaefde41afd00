/** Whether the programs of this folder's dev cluster still run. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Cli } from "../cli.ts";
import { devFilePath, readDevFile } from "../contexts/dev-file.ts";
import { exitCodes } from "../exit-codes.ts";
import { broken, fine, type Finding, warned } from "./finding.ts";

/** What of the file says which programs there are. */
const DevPrograms = z.object({
  replicas: z.array(z.object({ id: z.string(), pid: z.int().positive() })),
  api: z.object({ pid: z.int().positive() }),
});

const check = "dev cluster";

/** Looks for the programs, where the dev cluster is what commands here talk to. */
export function examineDev(cli: Cli, url: string): readonly Finding[] {
  const { folder } = cli.host;
  if (readDevFile(folder)?.apiUrl !== url) return [];
  const parsed = DevPrograms.safeParse(JSON.parse(readFileSync(devFilePath(folder), "utf8")));
  if (!parsed.success) {
    const found = "its file does not say which programs there are";
    return [warned(check, found, "npm start writes it anew.")];
  }
  const { replicas, api } = parsed.data;
  const programs = [...replicas, { id: "api", pid: api.pid }];
  const gone = programs.filter(({ pid }) => !isRunning(pid));
  if (gone.length === 0) return [fine(check, `${replicas.length} replicas and the api run`)];
  if (gone.length === programs.length) {
    const found = "none of its programs runs: its file is left of a former one";
    return [broken(check, exitCodes.unavailable, { found, advice: "npm start" })];
  }
  const list = gone.map(({ id, pid }) => `${id} (pid ${pid})`).join(", ");
  const advice =
    "npm start starts what has ended again after 1 s; if it does not: npm run stop, npm start.";
  return [warned(check, `not running: ${list}`, advice)];
}

/** Whether a process has this id; it may be another one than was meant. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
