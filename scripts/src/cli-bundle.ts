/** The command as it is published: one file of JavaScript for Node >= 20, and no dependency. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { readFields } from "./json-fields.ts";
import { repositoryFolder } from "./places.ts";

const cliFolder = join(repositoryFolder, "apps/cli");

/** Everybody may run it. */
const programMode = 0o755;

/** Makes the package in the folder, which is emptied first. Answers the names of its files. */
export async function bundleCli(folder: string): Promise<readonly string[]> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "bin"), { recursive: true });
  await writeProgram(join(folder, "bin/quorate.js"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
  copyFileSync(join(repositoryFolder, "docs/cli.md"), join(folder, "README.md"));
  copyFileSync(join(repositoryFolder, "LICENSE"), join(folder, "LICENSE"));
  return readdirSync(folder, { recursive: true, encoding: "utf8" });
}

async function writeProgram(file: string): Promise<void> {
  const bundle = await rolldown({ input: join(cliFolder, "src/main.ts"), platform: "node" });
  const { output } = await bundle.write({ file, banner: "#!/usr/bin/env node" });
  await bundle.close();
  const known = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
  const outside = output.flatMap((part) => (part.type === "chunk" ? part.imports : []));
  const foreign = outside.filter((name) => !known.has(name));
  if (foreign.length > 0) {
    throw new Failure(exitCodes.failed, `the command would need ${foreign.join(", ")}`);
  }
  chmodSync(file, programMode);
}

/** The published package.json: named so that `npx quorate` finds it. */
function manifest() {
  const { version, description, license, type } = readFields(join(cliFolder, "package.json")) ?? {};
  return {
    name: "quorate",
    version,
    description,
    license,
    type,
    keywords: ["queue", "message-queue", "cli", "quorate"],
    engines: { node: ">=20" },
    bin: { quorate: "bin/quorate.js" },
  };
}
