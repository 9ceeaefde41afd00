/** The picture again and again, in place, until it is interrupted. */
import { type Cluster, isQuorateError } from "@quorate/sdk";
import type { Cli } from "../cli.ts";
import { durationText, visible } from "../output/cell.ts";
import { pictureText } from "./picture.ts";

/** To the left upper corner, and off with what is below: the new picture covers the old one. */
const home = "\u001b[H";
const clearBelow = "\u001b[J";
const clearLine = "\u001b[K";

/** A screen of its own, so that the old content of the terminal comes back. */
const enterScreen = "\u001b[?1049h\u001b[?25l";
const leaveScreen = "\u001b[?25h\u001b[?1049l";

/** A look takes no longer than this, in ms: an old picture is worse than none. */
const lookMsMax = 2000;

/**
 * Draws on a terminal; into a pipe goes one line of JSON for each look. A look that fails is said
 * and does not end the watch. Returns when it is interrupted.
 */
export async function watchPicture(cli: Cli, intervalMs: number): Promise<void> {
  const { host, output } = cli;
  const { out } = host.terminal;
  const isScreen = output.format === "table" && out.isTerminal;
  let known: Known | null = null;
  if (isScreen) out.write(enterScreen);
  try {
    while (!host.signal.aborted) {
      const look = await lookOnce(cli);
      if (look.cluster !== null) known = { cluster: look.cluster, atMs: host.nowMs() };
      if (isScreen) out.write(frame(cli, known, look.trouble));
      else print(cli, look);
      await host.pause(intervalMs);
    }
  } finally {
    // What was seen last stays.
    if (isScreen) out.write(leaveScreen + (known === null ? "" : `${draw(cli, known.cluster)}\n`));
  }
}

/** The last answer and when it came. */
interface Known {
  readonly cluster: Cluster;
  readonly atMs: number;
}

interface Look {
  readonly cluster: Cluster | null;
  /** Why there is no answer; empty when there is one. */
  readonly trouble: string;
}

async function lookOnce(cli: Cli): Promise<Look> {
  try {
    const { body } = await cli.request("getCluster", { timeoutMs: lookMsMax, maxRetries: 0 });
    return { cluster: body, trouble: "" };
  } catch (error) {
    // What time may mend is watched on; a wrong token is not.
    const isPassing = isQuorateError(error) && (error.status ?? 503) >= 429;
    if (!isPassing || cli.host.signal.aborted) throw error;
    return { cluster: null, trouble: error.message };
  }
}

function print(cli: Cli, { cluster, trouble }: Look): void {
  const { output } = cli;
  if (cluster === null) output.warn(trouble);
  else if (output.format === "table") output.text(`${draw(cli, cluster)}\n`);
  else output.line(cluster);
}

function draw(cli: Cli, cluster: Cluster): string {
  const { columns } = cli.host.terminal.out;
  return pictureText(cluster, { paint: cli.output.paint, columns, name: cli.connection().name });
}

/** All of the screen. What is no longer current is said to be old. */
function frame(cli: Cli, known: Known | null, trouble: string): string {
  const { paint } = cli.output;
  const picture = known === null ? "" : draw(cli, known.cluster);
  const age = known === null ? 0 : cli.host.nowMs() - known.atMs;
  const note =
    trouble === ""
      ? paint("quiet", "Ctrl-C ends")
      : paint(
          "bad",
          `${visible(trouble)}${known === null ? "" : ` The picture is ${durationText(age)} old.`}`,
        );
  const lines = [...picture.split("\n"), "", note].slice(
    0,
    cli.host.terminal.out.rows ?? undefined,
  );
  return home + lines.map((line) => line + clearLine).join("\n") + clearBelow;
}
