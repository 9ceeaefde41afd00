/** What a command reads from a file or from a pipe: as much as it can use, and no more. */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { getSystemErrorMap } from "node:util";
import type { Host } from "../cli.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { bytesText } from "../output/cell.ts";

/** The word for standard input. */
export const standardInput = "-";

/**
 * All of standard input (`-`) or of a file. Throws Failure when it cannot be read, or has more than
 * `bytesMax`.
 */
export async function inputBytes(file: string, host: Host, bytesMax: number): Promise<Uint8Array> {
  if (file === standardInput) return await host.terminal.readIn(bytesMax);
  const path = resolve(host.folder, file);
  // A file of any size is looked at before it is read.
  const { size } = await stat(path).catch((cause: unknown) => refuse(path, cause));
  if (size <= bytesMax) return await readFile(path).catch((cause: unknown) => refuse(path, cause));
  const line = `${path} has ${bytesText(size)}; at most ${bytesText(bytesMax)} are taken`;
  throw new Failure(exitCodes.usage, line);
}

/** A file that was named and cannot be read is a mistake on the command line. */
function refuse(path: string, cause: unknown): never {
  if (!(cause instanceof Error) || !("errno" in cause) || typeof cause.errno !== "number") {
    throw cause;
  }
  const [, reason] = getSystemErrorMap().get(cause.errno) ?? ["", cause.message];
  throw new Failure(exitCodes.usage, `${path} cannot be read: ${reason}`, { cause });
}
