/** What one gateway is told: its file, read once at start. Unknown keys are refused. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { issuerCharsMax } from "@quorate/contract";
import { logLevels } from "@quorate/telemetry";
import * as z from "zod";
import { settableLimits } from "./limits.ts";
import { algorithms } from "./trust/jwks.ts";

/** Longest life of a token that an issuer may be given, in seconds: that of the dev issuer. */
export const maxAgeSecondsMax = 12 * 3600;

const Issuer = z
  .strictObject({
    /** For people. */
    name: z.string().regex(/^[a-z0-9-]{1,64}$/),
    /** The `iss` of its tokens. */
    issuer: z.string().min(1).max(issuerCharsMax),
    /** The `aud` of its tokens: `quorate:<clusterId>`. */
    audience: z.string().min(1).max(512),
    /** The file with its public keys, or null. */
    jwksFile: z.string().min(1).nullable().default(null),
    /** The address of its public keys, or null: https, or http on this machine. */
    jwksUrl: z
      .string()
      .refine(isAddressOfKeys, "expected https, or http on loopback")
      .nullable()
      .default(null),
    /** Signatures that it may use. */
    algorithms: z
      .array(z.enum(algorithms))
      .min(1)
      .default([...algorithms]),
    /** Tokens older than this are refused, in seconds; default 1 h. */
    maxAgeSeconds: z.int().min(1).max(maxAgeSecondsMax).default(3600),
  })
  .refine(
    ({ jwksFile, jwksUrl }) => (jwksFile === null) !== (jwksUrl === null),
    "expected exactly one of jwksFile and jwksUrl",
  );

/** Whether nobody between the address and us can change the keys, nor read a password in it. */
function isAddressOfKeys(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== "" || password !== "" || hash !== "") return false;
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && isLoopback);
}

const most = (fallback: number, max: number) => z.int().min(1).max(max).default(fallback);

/** The most that a limit of bytes may be: a gateway's memory is not larger. */
const bytesMax = 8 * 1024 ** 3;

const limitFields = {
  /** Calls in progress that add work; more are 503. */
  addingCallsMax: most(settableLimits.addingCallsMax, 100_000),
  /** Bytes of their bodies. */
  addingBytesMax: most(settableLimits.addingBytesMax, bytesMax),
  /** Calls in progress that drain work or wait for it; more are 503. */
  drainingCallsMax: most(settableLimits.drainingCallsMax, 100_000),
  /** Bytes of their bodies. */
  drainingBytesMax: most(settableLimits.drainingBytesMax, bytesMax),
  /** A gateway that is later than this, in ms, takes no more work. */
  eventLoopLagMsMax: most(settableLimits.eventLoopLagMsMax, 60_000),
  /** Connections at once; more are closed. */
  connectionsMax: most(settableLimits.connectionsMax, 100_000),
  /** Connections from one address, loopback excepted. */
  connectionsPerAddressMax: most(settableLimits.connectionsPerAddressMax, 100_000),
  /** Time to receive a request's headers, in ms. */
  headersTimeoutMs: most(settableLimits.headersTimeoutMs, 60_000),
  /** Time to receive a whole request, in ms. */
  requestTimeoutMs: most(settableLimits.requestTimeoutMs, 300_000),
  /** Time in which a client must take its answer, in ms. */
  answerTimeoutMs: most(settableLimits.answerTimeoutMs, 300_000),
};

const RateLimit = z.strictObject({
  /** Calls in each window. */
  requests: z.int().min(1).max(1_000_000_000),
  /** Length of a window, in seconds. */
  windowSeconds: z.int().min(1).max(60).default(1),
});

const Redis = z.strictObject({
  /** `redis://` or, with TLS, `rediss://`; without a password, which belongs into a file. */
  url: z
    .url({ protocol: /^rediss?$/ })
    .refine((url) => new URL(url).password === "", "expected no password: name passwordFile"),
  /** The user, or null for the default one. */
  username: z.string().min(1).nullable().default(null),
  /** The password, alone in a file; null: none. */
  passwordFile: z.string().min(1).nullable().default(null),
});

const Config = z.strictObject({
  /** The genesis configuration of the cluster. */
  clusterFile: z.string().min(1),
  /** Which of its gateways this is. */
  gatewayId: z.string().min(1).max(128),
  /** The encrypted key of this gateway. */
  keyFile: z.string().min(1),
  /** The passphrase of the key file, alone in a file. */
  passphraseFile: z.string().min(1),
  listen: z.strictObject({
    host: z.string().min(1).default("127.0.0.1"),
    port: z.int().min(0).max(65_535).default(8080),
  }),
  /** The exported dashboard; null: none. */
  dashboardDir: z.string().min(1).nullable(),
  issuers: z
    .array(Issuer)
    .min(1)
    .max(16)
    .refine(areDistinct, "expected issuers that differ in name and in issuer"),
  /** How often one principal may call through all gateways, and one queue be called; null: no limit. */
  rateLimits: z
    .strictObject({
      principal: RateLimit.nullable().default(null),
      queue: RateLimit.nullable().default(null),
    })
    .default({ principal: null, queue: null }),
  /** What one gateway takes at once, and how long it waits for slow clients. */
  limits: z.strictObject(limitFields).prefault({}),
  /** What gateways share to know things sooner; null: none. Nothing depends on it. */
  redis: Redis.nullable().default(null),
  log: z.strictObject({
    level: z.enum(logLevels).default("info"),
  }),
  /** The origin under which browsers reach the gateway; null: plain http under any name. */
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => new URL(url).origin)
    .nullable(),
});

function areDistinct(issuers: readonly z.infer<typeof Issuer>[]): boolean {
  const count = (values: readonly string[]): number => new Set(values).size;
  return (
    count(issuers.map(({ name }) => name)) === issuers.length &&
    count(issuers.map(({ issuer }) => issuer)) === issuers.length
  );
}

/** See `Config`. */
export type Config = z.infer<typeof Config>;

/** The configuration file cannot be used; the message says why. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * The configuration named by `--config FILE`; relative paths in it start at its folder.
 * QUORATE_REDIS_URL of the environment takes the place of `redis`. Throws ConfigError.
 */
export function readConfig(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const file = configFile(argv);
  const redisUrl = environment["QUORATE_REDIS_URL"] ?? "";
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    const withRedis = redisUrl === "" ? parsed : { ...asRecord(parsed), redis: { url: redisUrl } };
    return parseConfig(withRedis, dirname(file));
  } catch (cause) {
    throw new ConfigError(`${file}: ${reasonOf(cause)}`, { cause });
  }
}

/** The configuration in a parsed file. Throws ZodError with everything that is wrong. */
export function parseConfig(parsed: unknown, folder: string): Config {
  const config = Config.parse(parsed);
  const from = (path: string): string => resolve(folder, path);
  return {
    ...config,
    clusterFile: from(config.clusterFile),
    keyFile: from(config.keyFile),
    passphraseFile: from(config.passphraseFile),
    redis: config.redis === null ? null : withPathsFrom(config.redis, from),
    dashboardDir: config.dashboardDir === null ? null : from(config.dashboardDir),
    issuers: config.issuers.map((issuer) => ({
      ...issuer,
      jwksFile: issuer.jwksFile === null ? null : from(issuer.jwksFile),
    })),
  };
}

function asRecord(parsed: unknown): object {
  return typeof parsed === "object" && parsed !== null ? parsed : {};
}

function withPathsFrom(
  redis: NonNullable<Config["redis"]>,
  from: (path: string) => string,
): NonNullable<Config["redis"]> {
  const { passwordFile } = redis;
  return { ...redis, passwordFile: passwordFile === null ? null : from(passwordFile) };
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
