/** Contexts and tokens against a gateway. */
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newIssuerKey } from "@quorate/cli/issuer";
import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliStage, startCliStage } from "./stage.ts";

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
  await stage.run("queue create orders");
});
afterAll(() => stage.stop());

/** A folder without a dev cluster, with a file of contexts of its own. */
function elsewhere(name: string) {
  const folder = join(stage.folder, name);
  mkdirSync(folder, { recursive: true });
  const contextFile = join(folder, "config.json");
  return { folder, environment: { contextFile } };
}

test("a token is kept once the gateway accepts it, and forgotten on request", async () => {
  const where = elsewhere("login");
  await stage.run("context add here", stage.gateway.url, where);
  expect((await stage.run("whoami", where)).code).toBe(4);
  const wrong = await stage.run("login", { ...where, input: "no.token.atall\n" });
  expect(wrong.code).toBe(4);
  const token = await stage.gateway.issuer.token("read:*", { claims: { sub: "carol" } });
  const asked = await stage.run("login", { ...where, person: [token] });
  expect(asked.code).toBe(0);
  expect(asked.talk).toContain("carol at here");
  expect(asked.talk + asked.out).not.toContain(token);
  expect(statSync(where.environment.contextFile).mode & 0o777).toBe(0o600);
  expect((await stage.run("whoami -o id", where)).out).toBe("carol\n");
  expect((await stage.run("context ls", where)).out).not.toContain(token);
  await stage.run("logout", where);
  expect((await stage.run("whoami", where)).code).toBe(4);
  expect(readFileSync(where.environment.contextFile, "utf8")).not.toContain(token);
});

test("logging in without a context says what to do first", async () => {
  const { code, talk } = await stage.run("login", elsewhere("nothing"));
  expect(code).toBe(2);
  expect(talk).toContain("quorate context add");
});

test("a token is read, from a file or the one in use, and one that is over is said to be", async () => {
  expect((await stage.run("token inspect")).json()).toMatchObject({
    header: { alg: "EdDSA" },
    claims: { sub: "alice" },
    isExpired: false,
  });
  const claims = { exp: Math.floor(stage.gateway.cluster.nowMs() / 1000) - 60 };
  const old = await stage.gateway.issuer.token("read:*", { claims });
  writeFileSync(join(stage.folder, "old.token"), `${old}\n`);
  const { code, talk } = await stage.run("token inspect @old.token -o table");
  expect(code).toBe(0);
  expect(talk).toContain("no gateway takes it");
  expect((await stage.run("token inspect -", { input: "rubbish" })).code).toBe(2);
  expect((await stage.run("token inspect", old)).code).toBe(2);
});

test("a dev cluster's key signs a token for exactly what was asked", async () => {
  const { key, keySet } = await newIssuerKey();
  const keys = join(stage.folder, ".quorate", "dev", "keys");
  mkdirSync(keys, { recursive: true });
  const keyFile = join(keys, "issuer.jwk.json");
  writeFileSync(keyFile, JSON.stringify(key), { mode: 0o600 });
  const scope = "enqueue:orders.* cluster:read";
  const minted = await stage.run("token mint --subject w1 --lifetime 30m -o id --scope", scope);
  const { payload } = await jwtVerify(
    minted.out.trim(),
    createLocalJWKSet({ ...keySet, keys: [...keySet.keys] }),
    {
      currentDate: new Date(stage.gateway.cluster.nowMs()),
      audience: stage.gateway.issuer.audience,
    },
  );
  expect(payload).toMatchObject({ sub: "w1", scope });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(1800);
  for (const wrong of ["enqueue", "write:orders", ""]) {
    expect((await stage.run("token mint --scope", wrong)).code, wrong).toBe(2);
  }
  expect((await stage.run("token mint --lifetime 13h --scope", "read:*")).code).toBe(2);
  chmodSync(keyFile, 0o644);
  const open = await stage.run("token mint --scope", "read:*");
  expect(open.code).toBe(1);
  expect(open.talk).toContain(`${keyFile} has mode 0644`);
  rmSync(keys, { recursive: true });
  expect((await stage.run("token mint --scope", "read:*")).code).toBe(1);
});
