/** The pages with programs: each compiles against the package, runs, and prints what its page says. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { everyScope, startTestGateway, type TestGateway } from "@quorate/api/testing";
import { bundleSdk } from "@quorate/scripts/src/sdk-bundle.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryFolder, textOf } from "../../tidy/repository-files.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-page-"));
const modules = join(folder, "node_modules");
const pages = ["docs/sdk.md", "docs/coming-from.md"].map(textOf).join("\n");
const readme = textOf("packages/sdk/README.md");

/** The address in the pages; the test's gateway has another one. */
const pageUrl = "http://127.0.0.1:8080";

/** Programs of the pages, each with what it is said to print. */
const programs = [
  ...pages.matchAll(/^```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm),
].map(([, source = "", printed = ""], index) => ({ file: `program-${index}.ts`, source, printed }));

let gateway: TestGateway;
let token: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  // As the dev cluster calls the one whose token the page takes.
  token = await gateway.issuer.token(everyScope, { claims: { sub: "dev-admin" } });
  await bundleSdk(join(modules, "@quorate/sdk"));
  mkdirSync(join(modules, "@types"));
  symlinkSync(join(repositoryFolder, "node_modules/@types/node"), join(modules, "@types/node"));
  const undici = join(repositoryFolder, "node_modules/undici-types");
  symlinkSync(undici, join(modules, "undici-types"));
  writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}');
  for (const { file, source } of programs) {
    writeFileSync(join(folder, file), source.replaceAll(pageUrl, gateway.url));
  }
  const [example = ""] = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, text]) => text);
  const declared =
    "declare const token: string;\ndeclare function ship(...all: unknown[]): Promise<void>;\n";
  writeFileSync(join(folder, "readme.ts"), `${declared}${example}`);
});

afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
  expect(gateway.logged).toEqual([]);
});

test("every block of the pages, and the example of the README, compile", () => {
  const files = [...programs.map(({ file }) => file), "readme.ts"];
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
  const lib = ["--lib", "es2024,esnext.disposable,dom", "--types", "node", "--skipLibCheck"];
  const tsc = join(repositoryFolder, "node_modules/.bin/tsc");
  const { stdout } = spawnSync(tsc, [...options, ...lib, ...files], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(stdout).toBe("");
});

// In the order of the pages: later ones look at what earlier ones have left.
test.each(programs)("$file of the pages prints what its page says", async ({ file, printed }) => {
  const env = { ...process.env, QUORATE_TOKEN: token };
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => {
    child.once("close", resolve);
  });
  expect(output).toBe(printed);
  expect(code).toBe(0);
});
