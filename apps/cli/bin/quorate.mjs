#!/usr/bin/env node
// The command in a clone: plain JavaScript, because it may meet any Node >= 20. Where that Node runs
// our TypeScript the program begins at once; else the bootstrap finds the Node of the lockfile.
import module from "node:module";
import { fileURLToPath } from "node:url";

/** The first Node that runs the sources as they stand; the same as in scripts/bootstrap.mjs. */
const nodeMajorMin = 26;

if (Number(process.versions.node.split(".")[0]) >= nodeMajorMin) {
  module.enableCompileCache(
    fileURLToPath(new URL("../../../.quorate/compile-cache", import.meta.url)),
  );
  await import("../src/main.ts");
} else {
  process.argv.splice(2, 0, "apps/cli/src/main.ts");
  await import(new URL("../../../scripts/bootstrap.mjs", import.meta.url).href);
}
