/** `npm start`: a cluster on this machine, ready to use. */
import { startDetached } from "./detach.ts";
import { defaultDevFolder, devFolderAt } from "./dev-folder.ts";
import { runToExit } from "./failure.ts";
import { exitCodes } from "./exit-codes.ts";
import { parseStartOptions, startHelp } from "./options.ts";
import { runCluster } from "./run-cluster.ts";

await runToExit(async () => {
  const args = process.argv.slice(2);
  const options = parseStartOptions(args);
  if (options === null) {
    console.log(startHelp);
    return exitCodes.ok;
  }
  const folder = devFolderAt(defaultDevFolder);
  if (!options.detach) return runCluster(options, folder);
  return startDetached(
    folder,
    args.filter((each) => each !== "--detach"),
  );
});
