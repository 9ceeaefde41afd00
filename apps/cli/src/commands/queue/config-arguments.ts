/** How the commands that write a configuration are told it. */
import type { QueueConfigGiven } from "@quorate/contract";
import { inputBytes, standardInput } from "../../arguments/input-bytes.ts";
import { merged, readConfigFields } from "../../arguments/queue-config.ts";
import type { Host } from "../../cli.ts";
import { parseFields } from "../../exact-json.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";

/** Bytes of one configuration: all its fields take less than a tenth of it. */
const configBytesMax = 64 * 1024;

/** The configuration of a file, and the fields given on the command line, which win. Throws Failure. */
export async function givenConfig(
  file: string | undefined,
  assignments: readonly string[],
  host: Host,
): Promise<QueueConfigGiven> {
  const fields = readConfigFields(assignments);
  if (file === undefined) return fields;
  const bytes = await inputBytes(file, host, configBytesMax);
  const source = file === standardInput ? "standard input" : file;
  try {
    return merged(parseFields(new TextDecoder().decode(bytes)), fields);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(exitCodes.usage, `${source}: ${reason}`, { cause });
  }
}
