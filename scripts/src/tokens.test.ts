import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { audienceOf, createIssuerKey, mintDevTokens } from "./tokens.ts";

const audience = audienceOf("ab".repeat(32));
const nowSeconds = 1_795_406_400;

let keyFile = "";
let keySetFile = "";

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-tokens-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  keyFile = join(folder, "issuer.jwk.json");
  keySetFile = join(folder, "issuer.jwks.json");
  await createIssuerKey(keyFile, keySetFile);
});

test("every token verifies with the public key set and says what contract.md asks for", async () => {
  const tokens = await mintDevTokens(keyFile, audience, nowSeconds);
  const keySet = createLocalJWKSet(publicKeySet());
  for (const token of Object.values(tokens)) {
    const { payload } = await jwtVerify(token, keySet, {
      algorithms: ["EdDSA"],
      audience,
      issuer: "quorate-dev",
      typ: "at+jwt",
      requiredClaims: ["exp", "iat", "jti", "sub", "scope"],
      currentDate: new Date((nowSeconds + 60) * 1000),
    });
    expect(payload.exp).toBe(nowSeconds + 12 * 60 * 60);
    expect(decodeProtectedHeader(token).kid).toBe(publicKeySet().keys[0]?.kid);
  }
});

test("the four tokens have four subjects, four ids, and only admin may everything", async () => {
  const tokens = await mintDevTokens(keyFile, audience, nowSeconds);
  const claims = Object.values(tokens).map(claimsOf);
  expect(new Set(claims.map((each) => each["sub"])).size).toBe(4);
  expect(new Set(claims.map((each) => each["jti"])).size).toBe(4);
  expect(claims.map((each) => each["scope"])).toEqual([
    "enqueue:* dequeue:* peek:* manage:* purge:* redrive:* read:* cluster:read cluster:admin audit:read",
    "enqueue:* read:*",
    "dequeue:* read:*",
    "read:* peek:* cluster:read audit:read",
  ]);
});

test("the public key set holds no private part, and both files are for the owner alone", () => {
  expect(publicKeySet().keys).toHaveLength(1);
  expect(publicKeySet().keys[0]).not.toHaveProperty("d");
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  expect(statSync(keySetFile).mode & 0o777).toBe(0o600);
});

test("a damaged key file is named as such", async () => {
  writeFileSync(keyFile, readFileSync(keyFile, "utf8").slice(0, 40));
  await expect(mintDevTokens(keyFile, audience, nowSeconds)).rejects.toMatchObject({
    exitCode: exitCodes.damagedFile,
    message: expect.stringContaining(keyFile),
  });
});

function publicKeySet(): JSONWebKeySet {
  return JSON.parse(readFileSync(keySetFile, "utf8"));
}

function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
}
