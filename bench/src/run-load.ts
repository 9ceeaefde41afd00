import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LoadJob, LoadResult } from "./load-job.ts";

/** Runs a job in a process of its own. Rejects with what that process said when it fails. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const program = fileURLToPath(new URL("./load-process.ts", import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString("utf8")));
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString("utf8")));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`the load process failed:\n${errors}`);
  return JSON.parse(output);
}
