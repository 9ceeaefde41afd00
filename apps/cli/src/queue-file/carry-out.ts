/** Does what a plan says, queue by queue. */
import type { Cli } from "../cli.ts";
import { plural } from "../output/cell.ts";
import type { Step } from "./plan.ts";

/**
 * Each queue is changed only while it is as the plan has seen it. Throws what the first call that
 * fails throws, after saying how far things have come: applying again then does the rest.
 */
export async function carryOut(cli: Cli, steps: readonly Step[]): Promise<void> {
  const progress = cli.progress(steps.length);
  let done = 0;
  try {
    for (const step of steps) {
      await take(cli, step);
      done += 1;
      progress.show(done);
    }
  } finally {
    progress.end();
    const failed = steps[done];
    if (failed !== undefined) {
      const before = `${done} of ${plural(steps.length, "queue")} done before it`;
      cli.output.warn(`${failed.name} has failed, ${before}; apply the file again for the rest.`);
    }
  }
}

async function take(cli: Cli, { name, put }: Step): Promise<void> {
  const params = { queue: name };
  if (put === null) await cli.request("deleteQueue", { params, query: {} });
  else {
    const headers = { ...put.condition };
    await cli.request("putQueue", { params, body: put.config, headers });
  }
}
