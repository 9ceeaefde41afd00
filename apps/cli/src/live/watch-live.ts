/** Something that changes, drawn again and again in place, until it is interrupted. */
import { isQuorateError } from "@quorate/sdk";
import type { Cli } from "../cli.ts";
import { durationText, visible } from "../output/cell.ts";
import { wrapped } from "../output/wrapped.ts";

/** To the left upper corner, and off with what is below: the new picture covers the old one. */
const home = "\u001b[H";
const clearBelow = "\u001b[J";
const clearLine = "\u001b[K";

/**
 * A screen of its own, so that the old content of the terminal comes back; without a cursor, and with
 * lines that are cut where it ends: one that were broken would push the others down.
 */
const enterScreen = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const leaveScreen = "\u001b[?7h\u001b[?25h\u001b[?1049l";

/** What one look may take: an old picture is worse than none, so nobody waits for a late answer. */
export const lookOptions = { timeoutMs: 2000, maxRetries: 0 } as const;

/** Lines below a picture that say how old it is, or how to end. */
const noteLines = 2;

/** What is watched, and how it looks. */
export interface LiveView<T> {
  /** Time between two looks, in ms. */
  readonly intervalMs: number;
  /** Looks once, with `lookOptions`. Throws a QuorateError. */
  readonly look: () => Promise<T>;
  /** The picture for a person. */
  readonly draw: (seen: T, canvas: Canvas) => string;
  /** One look, as an object for whoever reads lines of JSON. */
  readonly line: (seen: T) => object;
}

/** Where a picture is drawn. */
export interface Canvas {
  /** Whether nobody has answered since: nothing in it may look as if it were current. */
  readonly isStale: boolean;
  /** Lines that it may take; Infinity where it is not on a screen. */
  readonly rows: number;
}

/**
 * Draws on a terminal; into a pipe goes one line of JSON for each look. A look that fails is said
 * and does not end the watch. Returns when it is interrupted.
 */
export async function watchLive<T>(cli: Cli, view: LiveView<T>): Promise<void> {
  const { host, output } = cli;
  const { out } = host.terminal;
  const isScreen = output.format === "table" && out.isTerminal;
  let known: Known<T> | null = null;
  if (isScreen) out.write(enterScreen);
  try {
    while (!host.signal.aborted) {
      const look = await lookOnce(cli, view);
      if ("seen" in look) known = { seen: look.seen, atMs: host.nowMs() };
      if (isScreen) out.write(frame(cli, view, { known, look }));
      else print(cli, view, look);
      await host.pause(view.intervalMs);
    }
  } finally {
    // What was seen last stays.
    const last = known === null ? "" : `${view.draw(known.seen, onPaper)}\n`;
    if (isScreen) out.write(leaveScreen + last);
  }
}

const onPaper: Canvas = { isStale: false, rows: Infinity };

/** The last answer and when it came. */
interface Known<T> {
  readonly seen: T;
  readonly atMs: number;
}

/** What was seen, or why nothing was. */
type Look<T> = { readonly seen: T } | { readonly trouble: string };

async function lookOnce<T>(cli: Cli, { look }: LiveView<T>): Promise<Look<T>> {
  try {
    return { seen: await look() };
  } catch (error) {
    // What time may mend is watched on; a wrong token is not.
    const isPassing = isQuorateError(error) && (error.status ?? 503) >= 429;
    if (!isPassing || cli.host.signal.aborted) throw error;
    return { trouble: error.message };
  }
}

function print<T>({ output }: Cli, { draw, line }: LiveView<T>, look: Look<T>): void {
  if ("trouble" in look) output.warn(look.trouble);
  else if (output.format === "table") output.text(`${draw(look.seen, onPaper)}\n`);
  else output.line(line(look.seen));
}

/** All of the screen. What is no longer current is said to be old. */
function frame<T>(
  cli: Cli,
  { draw }: LiveView<T>,
  { known, look }: { readonly known: Known<T> | null; readonly look: Look<T> },
): string {
  const { columns, rows } = cli.host.terminal.out;
  const isStale = "trouble" in look;
  const notes = wrapped(isStale ? staleText(cli, known, look.trouble) : "Ctrl-C ends", columns);
  const canvas = { isStale, rows: (rows ?? Infinity) - Math.max(noteLines, notes.length + 1) };
  const picture = known === null ? [] : [...draw(known.seen, canvas).split("\n"), ""];
  const meaning = isStale ? "bad" : "quiet";
  const painted = notes.map((line) => cli.output.paint(meaning, line));
  const lines = [...picture, ...painted].slice(0, rows ?? undefined);
  return home + lines.map((line) => line + clearLine).join("\n") + clearBelow;
}

function staleText<T>({ host }: Cli, known: Known<T> | null, trouble: string): string {
  const age = known === null ? "" : ` This is ${durationText(host.nowMs() - known.atMs)} old.`;
  return visible(trouble) + age;
}
