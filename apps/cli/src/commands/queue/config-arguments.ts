/** How the commands that write a configuration are told it. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { QueueConfigGiven } from "@quorate/contract";
import { merged, readConfigFields } from "../../arguments/queue-config.ts";
import type { Host } from "../../cli.ts";
import { parseFields } from "../../exact-json.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";

/** The configuration of a file, and the fields given on the command line, which win. Throws Failure. */
export async function givenConfig(
  file: string | undefined,
  assignments: readonly string[],
  host: Host,
): Promise<QueueConfigGiven> {
  const fields = readConfigFields(assignments);
  if (file === undefined) return fields;
  const path = resolve(host.folder, file);
  const text = await readFile(path, "utf8");
  try {
    return merged(parseFields(text), fields);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(exitCodes.usage, `${path}: ${reason}`, { cause });
  }
}
