/**
 * What the SDK knows of the routes is made from their declarations: `npx vitest run --project tidy
 * -u` writes it anew, and a file that has fallen behind them fails here.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { clientTypes, routes } from "@quorate/contract";
import { expect, test } from "vitest";
import { repositoryFolder } from "./repository-files.ts";

const note =
  "/**\n * Made from the routes of `packages/contract`, so that the SDK needs no schema library; do not\n" +
  " * edit: `npx vitest run --project tidy -u` writes it anew.\n */\n" +
  // One list in the order of the contract is easier to look up than several files.
  "/* oxlint-disable max-lines */\n\n";

test("packages/sdk/src/operations.ts says what the routes say", async () => {
  const formatter = join(repositoryFolder, "node_modules/.bin/oxfmt");
  const { stdout, stderr } = spawnSync(formatter, ["--stdin-filepath=operations.ts"], {
    cwd: repositoryFolder,
    input: note + clientTypes(routes),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  await expect(stdout).toMatchFileSnapshot("../../packages/sdk/src/operations.ts");
});
