/** What one gateway is told: its file, read once at start. Unknown keys are refused. */
import { issuerCharsMax } from "@quorate/contract";
import { certificateFiles, certificatesFrom, readConfigFile } from "@quorate/identity/config-file";
import { logLevels } from "@quorate/telemetry";
import * as z from "zod";
import { settableLimits } from "./limits.ts";
import { queueMetricsReaders } from "./metrics/queue-metrics.ts";
import { algorithms } from "./trust/jwks.ts";

/** Longest life of a token that an issuer may be given, in seconds: that of the dev issuer. */
export const maxAgeSecondsMax = 12 * 3600;

const Issuer = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/)
      .describe("For people, and unique."),
    issuer: z.string().min(1).max(issuerCharsMax).describe("The `iss` of its tokens."),
    audience: z
      .string()
      .min(1)
      .max(512)
      .describe("The `aud` of its tokens: `quorate:<clusterId>`."),
    jwksFile: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe("Its public keys in a file; exactly one of the two is given."),
    jwksUrl: z
      .string()
      .refine(isAddressOfKeys, "expected https, or http on loopback")
      .nullable()
      .default(null)
      .describe(
        "Or the address of its public keys: https, or http on this machine. Read at start, again when they are 10 min old, and for a key that is not known at most every 30 s.",
      ),
    algorithms: z
      .array(z.enum(algorithms))
      .min(1)
      .default([...algorithms])
      .describe("Signatures that it may use."),
    maxAgeSeconds: z
      .int()
      .min(1)
      .max(maxAgeSecondsMax)
      .default(3600)
      .describe("Tokens older than this are refused, in seconds: 12 h at most."),
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
  addingCallsMax: most(settableLimits.addingCallsMax, 100_000).describe(
    "Calls in progress that add work; more are 503.",
  ),
  addingBytesMax: most(settableLimits.addingBytesMax, bytesMax).describe(
    "Bytes of their bodies; more are 503.",
  ),
  drainingCallsMax: most(settableLimits.drainingCallsMax, 100_000).describe(
    "Calls in progress that drain work or wait for it; more are 503.",
  ),
  drainingBytesMax: most(settableLimits.drainingBytesMax, bytesMax).describe(
    "Bytes of their bodies; more are 503.",
  ),
  principalPercentMax: most(settableLimits.principalPercentMax, 100).describe(
    "Of these four, what one principal holds at most of what the others leave, in percent; more are 503. 100: no limit.",
  ),
  eventLoopLagMsMax: most(settableLimits.eventLoopLagMsMax, 60_000).describe(
    "A gateway that is later than this, in ms, takes no more work.",
  ),
  connectionsMax: most(settableLimits.connectionsMax, 100_000).describe(
    "Connections at once; more are closed.",
  ),
  connectionsPerAddressMax: most(settableLimits.connectionsPerAddressMax, 100_000).describe(
    "Connections from one address, loopback excepted.",
  ),
  headersTimeoutMs: most(settableLimits.headersTimeoutMs, 60_000).describe(
    "Time to receive a request's headers, in ms.",
  ),
  requestTimeoutMs: most(settableLimits.requestTimeoutMs, 300_000).describe(
    "Time to receive a whole request, in ms.",
  ),
  answerTimeoutMs: most(settableLimits.answerTimeoutMs, 300_000).describe(
    "Time in which a client must take its answer, in ms.",
  ),
};

const RateLimit = z.strictObject({
  requests: z.int().min(1).max(1_000_000_000).describe("Calls in each window."),
  windowSeconds: z.int().min(1).max(60).default(1).describe("Length of a window, in seconds."),
});

const Redis = z.strictObject({
  url: z
    .url({ protocol: /^rediss?$/ })
    .refine((url) => new URL(url).password === "", "expected no password: name passwordFile")
    .describe(
      "`redis://` or, with TLS, `rediss://`; no password. It needs `EVAL`, `DEL`, `PUBLISH`, `SUBSCRIBE` and `PSUBSCRIBE` on `quorate:*`.",
    ),
  username: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("The user, or null for the default one."),
  passwordFile: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("The password, alone in a file that is open to nobody else; null: none."),
});

const Config = z.strictObject({
  clusterFile: z.string().min(1).describe("The genesis configuration of the cluster."),
  gatewayId: z.string().min(1).max(128).describe("Which of its gateways this is."),
  keyFile: z.string().min(1).describe("The encrypted key of this gateway (mode 0600)."),
  passphraseFile: z
    .string()
    .min(1)
    .describe("The passphrase of the key file, alone in a file that is open to nobody else."),
  tls: certificateFiles("the replicas")
    .nullable()
    .default(null)
    .describe("TLS 1.3 around the links to the replicas, as these have it; null: none."),
  listen: z.strictObject({
    host: z.string().min(1).default("127.0.0.1").describe("REST, dashboard and live feed."),
    port: z.int().min(0).max(65_535).default(8080).describe("0: any that is free."),
  }),
  dashboardDir: z.string().min(1).nullable().describe("The exported dashboard; null: none."),
  issuers: z
    .array(Issuer)
    .min(1)
    .max(16)
    .refine(areDistinct, "expected issuers that differ in name and in issuer"),
  rateLimits: z
    .strictObject({
      principal: RateLimit.nullable()
        .default(null)
        .describe(
          "Calls of one principal, through all gateways that share a Redis; null: no limit.",
        ),
      queue: RateLimit.nullable().default(null).describe("Calls of one queue; null: no limit."),
    })
    .default({ principal: null, queue: null })
    .describe(
      "How often one principal may call through all gateways, and one queue be called; null: no limit.",
    ),
  queueMetrics: z
    .enum(queueMetricsReaders)
    .default("readers")
    .describe(
      "Who is told the depths of queues by /metrics: readers, with a token that may read them, or everyone who may connect.",
    ),
  limits: z
    .strictObject(limitFields)
    .prefault({})
    .describe("What one gateway takes at once, and how long it waits for slow clients."),
  redis: Redis.nullable()
    .default(null)
    .describe(
      "What gateways share to count together and know things sooner; null: none. Nothing depends on it. `QUORATE_REDIS_URL` takes its place.",
    ),
  log: z.strictObject({
    level: z.enum(logLevels).default("info").describe("JSON lines on standard output."),
  }),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => new URL(url).origin)
    .nullable()
    .describe(
      "The origin under which browsers reach the gateway; null: plain http under any name.",
    ),
});

function areDistinct(issuers: readonly z.infer<typeof Issuer>[]): boolean {
  const count = (values: readonly string[]): number => new Set(values).size;
  return (
    count(issuers.map(({ name }) => name)) === issuers.length &&
    count(issuers.map(({ issuer }) => issuer)) === issuers.length
  );
}

/** The schema of the file, for the table in `docs/operating.md`. */
export function configSchema(): object {
  return z.toJSONSchema(Config, { io: "input" });
}

/** See `Config`. */
export type Config = z.infer<typeof Config>;

/**
 * The configuration named by `--config FILE`; relative paths in it start at its folder.
 * QUORATE_REDIS_URL of the environment takes the place of `redis`. Throws ConfigError.
 */
export function readConfig(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const redisUrl = environment["QUORATE_REDIS_URL"] ?? "";
  return readConfigFile(argv, {
    usage,
    parse: (parsed, from) =>
      parseConfig(
        redisUrl === "" ? parsed : { ...asRecord(parsed), redis: { url: redisUrl } },
        from,
      ),
  });
}

const usage =
  "usage: node apps/api/src/main.ts --config FILE (docs/operating.md says what is in the file)";

/**
 * The configuration in a parsed file; `from` makes its paths absolute. Throws ZodError with
 * everything that is wrong.
 */
export function parseConfig(parsed: unknown, from: (path: string) => string): Config {
  const config = Config.parse(parsed);
  return {
    ...config,
    clusterFile: from(config.clusterFile),
    keyFile: from(config.keyFile),
    passphraseFile: from(config.passphraseFile),
    tls: config.tls === null ? null : certificatesFrom(config.tls, from),
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
