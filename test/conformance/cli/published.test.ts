/** The command as it is published: what `npm pack` makes of it, installed where nothing else is. */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundleCli } from "@quorate/scripts/src/cli-bundle.ts";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { machineNodes } from "../machine-nodes.ts";
import { type CliStage, startCliStage } from "./stage.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-published-"));
const packageFolder = join(folder, "package");
const userFolder = join(folder, "user");
let stage: CliStage;

beforeAll(async () => {
  stage = await startCliStage();
  await bundleCli(packageFolder);
  const packed = execFileSync("npm", ["pack", "--silent"], {
    cwd: packageFolder,
    encoding: "utf8",
  });
  mkdirSync(userFolder);
  writeFileSync(join(userFolder, "package.json"), '{"private":true}');
  const tarball = join(packageFolder, packed.trim());
  const args = ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball];
  execFileSync("npm", args, { cwd: userFolder });
});

afterAll(async () => {
  await stage.stop();
  rmSync(folder, { recursive: true });
});

/** Runs the installed command with this Node, in the folder that knows the gateway. */
function call(node: string, ...args: readonly string[]) {
  const program = join(userFolder, "node_modules", ".bin", "quorate");
  const path = `${dirname(node)}:${process.env["PATH"] ?? ""}`;
  return new Promise<{ readonly code: number; readonly out: string; readonly talk: string }>(
    (resolve) => {
      const options = { cwd: stage.folder, env: { ...process.env, PATH: path } };
      execFile(program, args, options, (error, out, talk) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, talk });
      });
    },
  );
}

test.each(machineNodes())("the installed command sends and receives with %s", async (node) => {
  expect(await call(node, "version", "-o", "table")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^quorate \d+\.\d+\.\d+ on Node \d+/),
  });
  await call(node, "queue", "create", "orders");
  expect(await call(node, "send", "orders", '{"order":1}')).toMatchObject({ code: 0 });
  const received = await call(node, "receive", "orders", "--ack", "-o", "ndjson");
  expect(received).toMatchObject({ code: 0, out: expect.stringContaining('"order":1') });
  expect(received.talk).toBe("1 acknowledged\n");
  expect((await call(node, "statsu")).code).toBe(2);
});

test("the package depends on nothing and is one file with its papers", () => {
  const manifest: Record<string, unknown> = JSON.parse(
    readFileSync(join(packageFolder, "package.json"), "utf8"),
  );
  expect(manifest).toMatchObject({ name: "quorate", bin: { quorate: "bin/quorate.js" } });
  expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
});

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: packageFolder, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});
