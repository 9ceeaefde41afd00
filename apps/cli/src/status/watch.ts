/** The picture again and again, in place, until it is interrupted. */
import type { Cluster } from "@quorate/sdk";
import type { Cli } from "../cli.ts";
import { lookOptions, watchLive } from "../live/watch-live.ts";
import { pictureText } from "./picture.ts";

/** Looks every `intervalMs` until it is interrupted. */
export async function watchPicture(cli: Cli, intervalMs: number): Promise<void> {
  await watchLive<Cluster>(cli, {
    intervalMs,
    look: async () => (await cli.request("getCluster", lookOptions)).body,
    draw: (cluster) => {
      const { columns } = cli.host.terminal.out;
      return pictureText(cluster, {
        paint: cli.output.paint,
        columns,
        name: cli.connection().name,
      });
    },
    line: (cluster) => cluster,
  });
}
