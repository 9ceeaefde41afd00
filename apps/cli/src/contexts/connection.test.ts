import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../testing/run-cli.ts";

const root = mkdtempSync(join(tmpdir(), "quorate-cli-"));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;

/** A folder of its own, with a dev cluster in it if that is asked for. */
function newFolder({ hasDev = false } = {}) {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(join(folder, ".quorate", "dev"), { recursive: true });
  const tokens = { admin: "t-admin", producer: "t-p", consumer: "t-c", viewer: "t-viewer" };
  const dev = { apiUrl: "http://127.0.0.1:8080", tokens };
  if (hasDev) writeFileSync(join(folder, ".quorate/dev/dev.json"), JSON.stringify(dev));
  return { folder, contextFile: join(folder, "config", "quorate", "config.json") };
}

/** What `context show` says in a folder. */
async function shown(
  { folder, contextFile }: ReturnType<typeof newFolder>,
  args: readonly string[] = [],
  environment = {},
) {
  const ended = await runCli(["context", "show", ...args], {
    folder,
    environment: { contextFile, ...environment },
  });
  return ended.code === 0 ? ended.json() : ended;
}

async function addProd(where: ReturnType<typeof newFolder>, ...more: readonly string[]) {
  const { folder, contextFile } = where;
  return await runCli(["context", "add", "prod", "https://prod.example/", ...more], {
    folder,
    environment: { contextFile },
  });
}

test("the file of contexts is readable by its owner alone, and so is its new folder", async () => {
  const where = newFolder();
  const { code, talk } = await addProd(where);
  expect([code, talk]).toEqual([0, "prod is https://prod.example, and selected\n"]);
  expect(statSync(where.contextFile).mode & 0o777).toBe(0o600);
  expect(statSync(join(where.contextFile, "..")).mode & 0o777).toBe(0o700);
});

test("flags come before the environment, then the context, then the dev cluster", async () => {
  const where = newFolder({ hasDev: true });
  expect(await shown(where)).toMatchObject({ name: "dev", url: "http://127.0.0.1:8080" });
  await addProd(where);
  expect(await shown(where)).toMatchObject({ name: "prod", url: "https://prod.example" });
  const environment = { url: "https://env.example" };
  expect(await shown(where, [], environment)).toMatchObject({ urlFrom: "QUORATE_URL" });
  const flag = ["--url", "https://flag.example"];
  expect(await shown(where, flag, environment)).toMatchObject({ urlFrom: "--url" });
  expect(await shown(where, ["--context", "prod"], environment)).toMatchObject({ name: "prod" });
});

test("a kept token is never sent to an address that it was not kept for", async () => {
  const where = newFolder({ hasDev: true });
  const elsewhere = await shown(where, ["--url", "https://elsewhere.example"]);
  expect(elsewhere).toMatchObject({ tokenFrom: null });
  const same = await shown(where, ["--url", "http://127.0.0.1:8080/"]);
  expect(same).toMatchObject({ tokenFrom: "dev cluster (admin)" });
});

test("a token of the environment goes before that of a context, one in a file before both", async () => {
  const where = newFolder();
  await addProd(where, "--token-file", "prod.token");
  writeFileSync(join(where.folder, "prod.token"), "t-prod\n");
  writeFileSync(join(where.folder, "other.token"), "t-other\n");
  expect(await shown(where)).toMatchObject({
    tokenFrom: `context prod ${join(where.folder, "prod.token")}`,
  });
  const environment = { token: "t-env" };
  expect(await shown(where, [], environment)).toMatchObject({ tokenFrom: "QUORATE_TOKEN" });
  const flag = ["--token-file", join(where.folder, "other.token")];
  expect(await shown(where, flag, environment)).toMatchObject({
    tokenFrom: `--token-file ${join(where.folder, "other.token")}`,
  });
});

test("--as takes a role of the dev cluster, and is refused for any other gateway", async () => {
  const where = newFolder({ hasDev: true });
  expect(await shown(where, ["--as", "viewer"])).toMatchObject({
    tokenFrom: "dev cluster (viewer)",
  });
  await addProd(where);
  expect(await shown(where, ["--as", "viewer"])).toMatchObject({ code: 2 });
});

test("contexts are listed without their tokens, selected and forgotten", async () => {
  const where = newFolder();
  const { folder, contextFile } = where;
  const call = (...args: string[]) => runCli(args, { folder, environment: { contextFile } });
  await addProd(where);
  await call("context", "add", "test", "http://test.example");
  expect((await call("context", "use", "test")).code).toBe(0);
  expect((await call("context", "ls")).json()).toEqual({
    contexts: [
      { name: "prod", url: "https://prod.example", token: null, isCurrent: false },
      { name: "test", url: "http://test.example", token: null, isCurrent: true },
    ],
  });
  expect((await call("context", "rm", "test")).code).toBe(0);
  expect((await call("context", "use", "test")).code).toBe(3);
  expect((await call("context", "add", "prod", "http://other.example")).code).toBe(5);
  expect((await call("context", "add", "a b", "http://other.example")).code).toBe(2);
  expect((await call("context", "add", "ftp", "ftp://other.example")).code).toBe(2);
});

test("a damaged file of contexts is said to be so, and nothing is overwritten", async () => {
  const where = newFolder();
  await addProd(where);
  writeFileSync(where.contextFile, "{");
  const { code, talk } = await addProd(where);
  expect(code).toBe(1);
  expect(talk).toContain("is not a file of contexts");
});
