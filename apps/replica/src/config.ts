/** What one replica process is told: its file, read once at start. Unknown keys are refused. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";

const Address = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(0).max(65_535),
});

const Config = z.strictObject({
  /** The configuration of the cluster, equal on all members. */
  clusterFile: z.string().min(1),
  /** Which member this is. */
  replicaId: z.string().min(1),
  /** Journal and superblock; one process at a time. */
  dataDir: z.string().min(1),
  /** The encrypted key of this member. */
  keyFile: z.string().min(1),
  /** The passphrase of the key file, alone in a file. */
  passphraseFile: z.string().min(1),
  /** Where the links of the other members and of the gateways come in. */
  listen: Address,
  /** Where /livez, /readyz and /metrics are served. */
  metrics: Address,
  log: z.strictObject({
    level: z.enum(["debug", "info", "warn", "error"]).default("info"),
  }),
});

/** See `Config`. */
export type Config = z.infer<typeof Config>;

/** The configuration file cannot be used; the message says why. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The file named by `--config FILE`; relative paths in it start at its folder. */
export function readConfig(argv: readonly string[]): Config {
  const file = configFile(argv);
  try {
    const config = Config.parse(JSON.parse(readFileSync(file, "utf8")));
    const absolute = (path: string): string => resolve(dirname(file), path);
    return {
      ...config,
      clusterFile: absolute(config.clusterFile),
      dataDir: absolute(config.dataDir),
      keyFile: absolute(config.keyFile),
      passphraseFile: absolute(config.passphraseFile),
    };
  } catch (cause) {
    throw new ConfigError(`${file}: ${reasonOf(cause)}`, { cause });
  }
}

function configFile(argv: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...argv], options: { config: { type: "string" } } });
    if (values.config !== undefined) return resolve(values.config);
  } catch (cause) {
    throw new ConfigError(reasonOf(cause), { cause });
  }
  throw new ConfigError("--config FILE is missing");
}

function reasonOf(cause: unknown): string {
  if (cause instanceof z.ZodError) return z.prettifyError(cause);
  return cause instanceof Error ? cause.message : String(cause);
}
