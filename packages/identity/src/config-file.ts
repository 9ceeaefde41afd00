/** The file with which a process is started: which one it is, and what is said when it is no good. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";

/** The configuration, or a file that it names, cannot be used; the message says why. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** How a kind of process takes its file. */
export interface ConfigReading<Config> {
  /** What to type, for who has not named a file. */
  readonly usage: string;
  /**
   * The configuration in the parsed file; `from` makes a path of it absolute, which starts at its
   * folder. What it throws is told with the file's name.
   */
  readonly parse: (parsed: unknown, from: (path: string) => string) => Config;
}

/** The configuration in the file that `--config FILE` names. Throws ConfigError. */
export function readConfigFile<Config>(
  argv: readonly string[],
  { usage, parse }: ConfigReading<Config>,
): Config {
  const file = fileNamedIn(argv, usage);
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    return parse(parsed, (path) => resolve(dirname(file), path));
  } catch (cause) {
    throw new ConfigError(`${file}: ${reasonOf(cause)}`, { cause });
  }
}

function fileNamedIn(argv: readonly string[], usage: string): string {
  try {
    const { values } = parseArgs({ args: [...argv], options: { config: { type: "string" } } });
    if (values.config !== undefined) return resolve(values.config);
  } catch (cause) {
    throw new ConfigError(`${reasonOf(cause)}; ${usage}`, { cause });
  }
  throw new ConfigError(`--config FILE is missing; ${usage}`);
}

function reasonOf(cause: unknown): string {
  if (cause instanceof z.ZodError) return z.prettifyError(cause);
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * The part of a configuration that names the certificates of a process.
 * @param others whose certificates the authorities have signed, for the table of keys
 */
export const certificateFiles = (others: string) =>
  z.strictObject({
    certificateFile: z.string().min(1).describe("This process's certificate and its chain, PEM."),
    keyFile: z.string().min(1).describe("The certificate's private key, PEM; open to nobody else."),
    authorityFile: z
      .string()
      .min(1)
      .describe(`The authorities whose certificates ${others} must have, PEM.`),
  });

type CertificateFiles = z.infer<ReturnType<typeof certificateFiles>>;

/** The same with absolute paths. */
export function certificatesFrom(
  { certificateFile, keyFile, authorityFile }: CertificateFiles,
  from: (path: string) => string,
): CertificateFiles {
  return {
    certificateFile: from(certificateFile),
    keyFile: from(keyFile),
    authorityFile: from(authorityFile),
  };
}
