/** What one replica process is told: its file, read once at start. Unknown keys are refused. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";

const Address = z.strictObject({
  host: z.string().min(1).describe("An address of this machine."),
  port: z.int().min(0).max(65_535).describe("0: any that is free."),
});

const Certificates = z.strictObject({
  certificateFile: z.string().min(1).describe("This process's certificate and its chain, PEM."),
  keyFile: z.string().min(1).describe("The certificate's private key, PEM; open to nobody else."),
  authorityFile: z
    .string()
    .min(1)
    .describe("The authorities whose certificates the other ends must have, PEM."),
});

const Config = z.strictObject({
  clusterFile: z
    .string()
    .min(1)
    .describe("The configuration of the cluster, equal on all members."),
  replicaId: z.string().min(1).describe("Which member this is."),
  dataDir: z
    .string()
    .min(1)
    .describe("Log, superblock and blocks of checkpoints; one process at a time, never copied."),
  keyFile: z.string().min(1).describe("The encrypted key of this member (mode 0600)."),
  passphraseFile: z
    .string()
    .min(1)
    .describe("The passphrase of the key file, alone in a file that is open to nobody else."),
  listen: Address.describe("Where the links of the other members and of the gateways come in."),
  tls: Certificates.nullable()
    .default(null)
    .describe(
      "TLS 1.3 around the links, with certificates on both ends: all processes of the cluster have it, or none; null: none. The links are sealed in either case. Files that change are taken within 10 s.",
    ),
  metrics: Address.describe("Where /livez, /readyz and /metrics are served."),
  log: z.strictObject({
    level: z
      .enum(["debug", "info", "warn", "error"])
      .default("info")
      .describe("JSON lines on standard output."),
  }),
});

/** The schema of the file, for the table in `docs/operating.md`. */
export function configSchema(): object {
  return z.toJSONSchema(Config, { io: "input" });
}

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
      tls: config.tls === null ? null : certificatesFrom(config.tls, absolute),
    };
  } catch (cause) {
    throw new ConfigError(`${file}: ${reasonOf(cause)}`, { cause });
  }
}

function certificatesFrom(
  { certificateFile, keyFile, authorityFile }: NonNullable<Config["tls"]>,
  from: (path: string) => string,
): NonNullable<Config["tls"]> {
  return {
    certificateFile: from(certificateFile),
    keyFile: from(keyFile),
    authorityFile: from(authorityFile),
  };
}

const usage =
  "usage: node apps/replica/src/main.ts --config FILE (docs/operating.md says what is in the file)";

function configFile(argv: readonly string[]): string {
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
