/** What one replica process is told: its file, read once at start. Unknown keys are refused. */
import { certificateFiles, certificatesFrom, readConfigFile } from "@quorate/identity/config-file";
import * as z from "zod";

const Address = z.strictObject({
  host: z.string().min(1).describe("An address of this machine."),
  port: z.int().min(0).max(65_535).describe("0: any that is free."),
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
  tls: certificateFiles("the other ends")
    .nullable()
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

/** The file named by `--config FILE`; relative paths in it start at its folder. Throws ConfigError. */
export function readConfig(argv: readonly string[]): Config {
  return readConfigFile(argv, { usage, parse });
}

const usage =
  "usage: node apps/replica/src/main.ts --config FILE (docs/operating.md says what is in the file)";

function parse(parsed: unknown, from: (path: string) => string): Config {
  const config = Config.parse(parsed);
  return {
    ...config,
    clusterFile: from(config.clusterFile),
    dataDir: from(config.dataDir),
    keyFile: from(config.keyFile),
    passphraseFile: from(config.passphraseFile),
    tls: config.tls === null ? null : certificatesFrom(config.tls, from),
  };
}
