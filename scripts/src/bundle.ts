/** `npm run bundle`: makes the packages that are published. `-- --out FOLDER` puts them elsewhere. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleCli } from "./cli-bundle.ts";
import { exitCodes } from "./exit-codes.ts";
import { runToExit } from "./failure.ts";
import { repositoryFolder } from "./places.ts";
import { bundleSdk } from "./sdk-bundle.ts";

await runToExit(async () => {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  const { out } = values;
  const bundles = [
    { make: bundleSdk, name: "sdk", own: "packages/sdk/dist" },
    { make: bundleCli, name: "cli", own: "apps/cli/dist" },
  ];
  for (const { make, name, own } of bundles) {
    const folder = out === undefined ? join(repositoryFolder, own) : join(out, name);
    const files = await make(folder);
    console.log(`quorate: wrote ${files.length} files to ${folder}`);
  }
  return exitCodes.ok;
});
