/** One gateway, as a process. */
import { compose } from "./compose.ts";
import { readConfig } from "./config.ts";
import { describeEnd } from "./end.ts";

function end(error: unknown): never {
  const { exitCode, line } = describeEnd(error);
  process.stderr.write(`${line}\n`);
  process.exit(exitCode);
}

async function main(): Promise<void> {
  const gateway = await compose(readConfig(process.argv.slice(2)));
  await gateway.start();
  const stop = (): void => {
    gateway.stop().then(() => process.exit(0), end);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

main().catch(end);
