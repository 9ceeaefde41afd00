/** The command in a clone. */
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { machineNodes } from "../machine-nodes.ts";
import { repositoryFolder } from "../../tidy/repository-files.ts";

test.each(machineNodes())("in a clone the command begins with %s, in any folder", async (node) => {
  const program = join(repositoryFolder, "apps/cli/bin/quorate.mjs");
  const args = [program, "token", "inspect", "@no-such-file"];
  const talk = await new Promise<string>((resolve) => {
    execFile(node, args, { cwd: tmpdir() }, (_error, _out, said) => resolve(said));
  });
  // The folder in which it was called is where it looks.
  expect(talk).toContain(join(tmpdir(), "no-such-file"));
});
