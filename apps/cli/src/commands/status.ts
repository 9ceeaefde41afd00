/** `quorate status`: the picture of the cluster, once or all the time. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { durationMs } from "../arguments/duration.ts";
import { addExamples } from "../examples.ts";
import { pictureText } from "../status/picture.ts";
import { watchPicture } from "../status/watch.ts";

/** Time between two looks, in ms: a change of the primary takes little longer. */
const intervalMsDefault = 250;

/** Declares the command. */
export function declareStatus(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("status")
    .description("the cluster as a picture: who leads, what is final, how many may stop")
    .option("-w, --watch", "go on until Ctrl-C")
    .option("--interval <duration>", "time between two looks (250ms)", durationMs)
    .action(async ({ watch, interval }) => {
      if (watch === true) await watchPicture(cli, interval ?? intervalMsDefault);
      else await showPicture(cli);
    });
  addExamples(command, [
    { call: "quorate status", does: "look once" },
    { call: "quorate status --watch", does: "watch a view change happen" },
    { call: "quorate status -o json", does: "the answer of GET /v1/cluster" },
  ]);
}

async function showPicture(cli: Cli): Promise<void> {
  const { body } = await cli.request("getCluster", {});
  const { paint } = cli.output;
  const { columns } = cli.host.terminal.out;
  const { name } = cli.connection();
  cli.output.answer(body, {
    kind: "text",
    isDrawn: true,
    of: () => pictureText(body, { paint, columns, name }),
    id: "clusterId",
  });
}
