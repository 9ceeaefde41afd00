/** `npm run bundle`: makes the packages that are published. `-- --out FOLDER` puts them elsewhere. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exitCodes } from "./exit-codes.ts";
import { runToExit } from "./failure.ts";
import { repositoryFolder } from "./places.ts";
import { bundleSdk } from "./sdk-bundle.ts";

await runToExit(async () => {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  const folder = values.out ?? join(repositoryFolder, "packages/sdk/dist");
  const files = await bundleSdk(folder);
  console.log(`quorate: wrote ${files.length} files to ${folder}`);
  return exitCodes.ok;
});
