import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { describeEnd } from "./end.ts";
import { exitCodes } from "./exit-codes.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-config-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const issuer = {
  name: "dev",
  issuer: "quorate-dev",
  audience: "quorate:c1",
  jwksFile: "jwks.json",
};
const whole = {
  clusterFile: "cluster.json",
  gatewayId: "g0",
  keyFile: "/keys/g0.key",
  passphraseFile: "g0.passphrase",
  listen: { host: "127.0.0.1", port: 0 },
  dashboardDir: null,
  issuers: [issuer],
  log: { level: "info" },
  publicUrl: null,
};

function withKeysAt(jwksUrl: string, jwksFile: string | null = null) {
  return { ...whole, issuers: [{ ...issuer, jwksFile, jwksUrl }] };
}

function read(config: unknown) {
  const file = join(folder, "api.json");
  writeFileSync(file, typeof config === "string" ? config : JSON.stringify(config));
  return readConfig(["--config", file]);
}

describe("the configuration", () => {
  it("is read from its file, with paths from its folder", () => {
    const config = read({ ...whole, publicUrl: "https://queue.test/" });
    expect(config).toMatchObject({
      clusterFile: join(folder, "cluster.json"),
      keyFile: "/keys/g0.key",
      issuers: [{ maxAgeSeconds: 3600, jwksFile: join(folder, "jwks.json") }],
      publicUrl: "https://queue.test",
    });
  });

  it.each(["https://a.test/jwks", "http://127.0.0.1:9000/jwks", "http://[::1]:9000/jwks"])(
    "may name an issuer's keys by the address %s",
    (jwksUrl) => {
      expect(read(withKeysAt(jwksUrl)).issuers).toMatchObject([{ jwksUrl, jwksFile: null }]);
    },
  );

  it.each([
    ["an unknown key", { ...whole, port: 1 }],
    ["an unknown key of an issuer", { ...whole, issuers: [{ ...issuer, secret: "x" }] }],
    ["no issuer", { ...whole, issuers: [] }],
    ["an issuer twice", { ...whole, issuers: [issuer, { ...issuer, name: "other" }] }],
    ["an issuer without keys", { ...whole, issuers: [{ ...issuer, jwksFile: null }] }],
    ["an issuer with keys at two places", withKeysAt("https://a.test/jwks", "jwks.json")],
    ["keys at an address that others can change", withKeysAt("http://a.test/jwks")],
    ["keys at an address with a password", withKeysAt("https://me:secret@a.test/jwks")],
    ["keys at no address", withKeysAt("jwks.json")],
    [
      "an algorithm that we do not take",
      { ...whole, issuers: [{ ...issuer, algorithms: ["RS256"] }] },
    ],
    ["a token life of a day", { ...whole, issuers: [{ ...issuer, maxAgeSeconds: 86_400 }] }],
    ["a port that is none", { ...whole, listen: { host: "::1", port: 70_000 } }],
    ["an address that is no web address", { ...whole, publicUrl: "ftp://queue.test" }],
    ["no JSON", "{"],
  ])("with %s is refused, with its own exit code", (_name, config) => {
    const error = thrown(() => read(config));
    expect(describeEnd(error).exitCode).toBe(exitCodes.configuration);
  });

  it("names Redis by the environment, too, and never its password", () => {
    const file = join(folder, "api.json");
    const readWith = (config: object, url: string) => {
      writeFileSync(file, JSON.stringify(config));
      return readConfig(["--config", file], { QUORATE_REDIS_URL: url });
    };
    expect(readWith(whole, "").redis).toBe(null);
    expect(readWith(whole, "rediss://cache.test:6380").redis).toMatchObject({
      url: "rediss://cache.test:6380",
      passwordFile: null,
    });
    const redis = { url: "redis://127.0.0.1", passwordFile: "redis.password" };
    expect(readWith({ ...whole, redis }, "").redis).toMatchObject({
      passwordFile: join(folder, "redis.password"),
    });
    expect(() => readWith(whole, "redis://me:secret@cache.test")).toThrow("no password");
    expect(() => readWith(whole, "http://cache.test")).toThrow("redis");
  });

  it("must be named on the command line", () => {
    for (const argv of [[], ["--config"], ["--confg", "x"], ["--config", "/nowhere"]]) {
      expect(describeEnd(thrown(() => readConfig(argv))).exitCode).toBe(exitCodes.configuration);
    }
  });
});

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
