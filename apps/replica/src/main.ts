/** One member of the cluster, as a process. */
import { readIdentity } from "@quorate/identity";
import { readConfig } from "./config.ts";

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2));
  const identity = await readIdentity(config, { purpose: "replica", id: config.replicaId });
  // The key is being derived on a thread while the rest of the program is loaded and the disk read.
  const { compose } = await import("./compose.ts");
  const { endNow } = await import("./end.ts");
  process.on("uncaughtException", (error) => endNow("assertion", error));
  const { host, probes } = compose(config, identity, endNow);
  await probes.start();
  await host.start();
  const stop = (): void => {
    Promise.all([host.stop(), probes.stop()]).then(
      () => process.exit(0),
      (error: unknown) => endNow("assertion", error),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

main().catch(async (error: unknown) => {
  const { describeEnd } = await import("./end.ts");
  const { exitCode, line } = describeEnd(error);
  process.stderr.write(`${line}\n`);
  process.exit(exitCode);
});
