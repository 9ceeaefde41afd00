/** The command in a clone. */
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { machineNodes } from "../machine-nodes.ts";
import { repositoryFolder } from "../../tidy/repository-files.ts";

test("what cannot be written is told in a line", async () => {
  const program = join(repositoryFolder, "apps/cli/bin/quorate.mjs");
  const ended = await new Promise<{ code: unknown; talk: string }>((resolve) => {
    const call = `"${process.execPath}" "${program}" version > /dev/full`;
    execFile("sh", ["-c", call], (error, _out, talk) => resolve({ code: error?.code, talk }));
  });
  expect(ended.code).toBe(1);
  expect(ended.talk).toMatch(/^error: standard output cannot be written: ENOSPC.*\n$/);
});

test.each(machineNodes())("in a clone the command begins with %s, in any folder", async (node) => {
  const program = join(repositoryFolder, "apps/cli/bin/quorate.mjs");
  const args = [program, "token", "inspect", "@no-such-file"];
  const talk = await new Promise<string>((resolve) => {
    execFile(node, args, { cwd: tmpdir() }, (_error, _out, said) => resolve(said));
  });
  // The folder in which it was called is where it looks.
  expect(talk).toContain(join(tmpdir(), "no-such-file"));
});
