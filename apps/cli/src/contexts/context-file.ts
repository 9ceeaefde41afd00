/**
 * The file of contexts: names for gateways and their tokens, readable by the owner alone. It is
 * replaced as a whole, so a reader sees the old file or the new one.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

const privateFileMode = 0o600;
const privateFolderMode = 0o700;

const Context = z.strictObject({
  /** The address of a gateway, without a slash at the end. */
  url: z.url(),
  /** The token itself, put there by `quorate login`; null: there is none. */
  token: z.string().nullable(),
  /** A file that holds the token, read at each call; null: there is none. */
  tokenFile: z.string().nullable(),
});

const Contexts = z.strictObject({
  /** The one that is used when nothing else is said. */
  current: z.string().nullable(),
  contexts: z.record(z.string(), Context),
});

/** One named gateway. */
export type Context = z.infer<typeof Context>;

/** All of the file. */
export type Contexts = z.infer<typeof Contexts>;

/** A name of a context. */
export const contextNamePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** What the file holds; nothing when there is none. Throws Failure when it is damaged. */
export function readContexts(file: string): Contexts {
  const text = textOf(file);
  if (text === null) return { current: null, contexts: {} };
  try {
    return Contexts.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure(exitCodes.error, `${file} is not a file of contexts`, {
      cause,
      hint: "Mend it or remove it; `quorate context add` writes a new one.",
    });
  }
}

/** The context of this name. Throws Failure when there is none. */
export function namedContext({ contexts }: Contexts, name: string): Context {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found !== undefined) return found;
  throw new Failure(exitCodes.notFound, `there is no context "${name}"`, {
    hint: "`quorate context ls` lists them.",
  });
}

/** Puts the file in place with mode 0600, its folder with 0700 when it is new. */
export function writeContexts(file: string, contexts: Contexts): void {
  mkdirSync(dirname(file), { recursive: true, mode: privateFolderMode });
  const temporary = `${file}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${JSON.stringify(contexts, null, 2)}\n`, {
    mode: privateFileMode,
    flag: "wx",
  });
  // The mode above is cut by the umask, never widened; this one is exact.
  chmodSync(temporary, privateFileMode);
  renameSync(temporary, file);
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
