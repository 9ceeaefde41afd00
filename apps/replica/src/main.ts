/** One member of the cluster, as a process. */
import { compose } from "./compose.ts";
import { readConfig } from "./config.ts";
import { describeEnd, endNow } from "./end.ts";

async function main(): Promise<void> {
  const { host, probes } = await compose(readConfig(process.argv.slice(2)), endNow);
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

process.on("uncaughtException", (error) => endNow("assertion", error));
main().catch((error: unknown) => {
  const { exitCode, line } = describeEnd(error);
  process.stderr.write(`${line}\n`);
  process.exit(exitCode);
});
