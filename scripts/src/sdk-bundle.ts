/**
 * The SDK as it is published: plain JavaScript with its types and no dependency, made from sources
 * that import packages which are never published themselves.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { Failure } from "./failure.ts";
import { exitCodes } from "./exit-codes.ts";
import { repositoryFolder } from "./places.ts";
import { runCommand } from "./run-command.ts";

const sdkFolder = join(repositoryFolder, "packages/sdk");

/** What users import, and the source of it. */
const entries = { index: "src/index.ts", testing: "src/testing/index.ts" } as const;

/** Makes the package in the folder, which is emptied first. Answers the names of its files. */
export async function bundleSdk(folder: string): Promise<readonly string[]> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await writeCode(folder);
  await writeTypes(join(folder, "types"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
  copyFileSync(join(repositoryFolder, "docs/sdk.md"), join(folder, "README.md"));
  copyFileSync(join(repositoryFolder, "LICENSE"), join(folder, "LICENSE"));
  return readdirSync(folder, { recursive: true, encoding: "utf8" });
}

/** One file for each entry, and what both need in a third, so that a class is there only once. */
async function writeCode(folder: string): Promise<void> {
  const input = Object.fromEntries(
    Object.entries(entries).map(([name, source]) => [name, join(sdkFolder, source)]),
  );
  const bundle = await rolldown({ input, platform: "neutral" });
  const { output } = await bundle.write({ dir: folder, chunkFileNames: "[name].js" });
  await bundle.close();
  const outside = output.flatMap((part) => (part.type === "chunk" ? part.imports : []));
  const own = new Set(output.map(({ fileName }) => fileName));
  const foreign = outside.filter((name) => !own.has(name));
  if (foreign.length > 0) {
    throw new Failure(exitCodes.failed, `the SDK would need ${foreign.join(", ")}`);
  }
}

/** The declarations, file by file: TypeScript writes them, and names of files get their new ending. */
async function writeTypes(folder: string): Promise<void> {
  const places = ["--rootDir", join(sdkFolder, "src"), "--outDir", folder];
  const kind = ["--declaration", "--emitDeclarationOnly", "--noEmit", "false"];
  const args = ["--project", sdkFolder, ...places, ...kind];
  const { code, output } = await runCommand({ program: "tsc", args }, "silent");
  if (code !== 0) throw new Failure(exitCodes.failed, "tsc failed", { detail: output });
  const reached = reachedFrom(folder, ["index.d.ts", "testing/index.d.ts"]);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !reached.has(path)) rmSync(path);
  }
  for (const path of reached) {
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replaceAll(imported, (found) => found.replace(/\.ts"$/, '.js"')),
    );
  }
}

/** An import of a file beside it. */
const imported = /(?:from |import\()"(\.[^"]*)"/g;

/** The files that these lead to: what is only used inside has no types for users. */
function reachedFrom(folder: string, names: readonly string[]): ReadonlySet<string> {
  const reached = new Set(names.map((name) => join(folder, name)));
  // A set is gone through together with what is added to it meanwhile.
  for (const path of reached) {
    for (const [, name = ""] of readFileSync(path, "utf8").matchAll(imported)) {
      reached.add(join(dirname(path), name.replace(/\.ts$/, ".d.ts")));
    }
  }
  return reached;
}

/** The published package.json. */
function manifest() {
  const source: Record<string, unknown> = JSON.parse(
    readFileSync(join(sdkFolder, "package.json"), "utf8"),
  );
  const { name, version, description, license, type } = source;
  return {
    name,
    version,
    description,
    license,
    type,
    keywords: ["queue", "message-queue", "worker", "quorate"],
    sideEffects: false,
    engines: { node: ">=20" },
    exports: {
      ".": { types: "./types/index.d.ts", default: "./index.js" },
      "./testing": { types: "./types/testing/index.d.ts", default: "./testing.js" },
      "./package.json": "./package.json",
    },
  };
}
