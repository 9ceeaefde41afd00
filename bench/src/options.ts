import { parseArgs } from "node:util";

/** What the command line of `npm run bench` asks for. */
export interface BenchOptions {
  /** Names of measurements, or null for all. */
  readonly only: readonly string[] | null;
  /** Time for each throughput measurement. */
  readonly seconds: number;
  /** Messages and SIGKILLs of the main job. */
  readonly messages: number;
  readonly kills: number;
  /** Where to put CPU profiles of all processes, or null for none. They cost speed. */
  readonly profileFolder: string | null;
}

/** The command line is wrong; the message says how it should be. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const secondsDefault = 5;
const messagesDefault = 20_000;
const killsDefault = 5;

/** Reads the command line; `names` are those of the measurements. Throws UsageError. */
export function parseBenchOptions(args: readonly string[], names: readonly string[]): BenchOptions {
  const values = valuesOf(args);
  const only = values.only?.split(",").map((name) => name.trim()) ?? null;
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only takes ${names.join(", ")}, not "${unknown}"`);
  }
  return {
    only,
    seconds: countIn("seconds", values.seconds, secondsDefault),
    messages: countIn("messages", values.messages, messagesDefault),
    kills: countIn("kills", values.kills, killsDefault),
    profileFolder: values.profile ?? null,
  };
}

function valuesOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        seconds: { type: "string" },
        messages: { type: "string" },
        kills: { type: "string" },
        profile: { type: "string" },
      },
    });
    return values;
  } catch (cause) {
    const usage =
      "usage: npm run bench [-- --only <name>[,<name>…] --seconds <n> --messages <n> " +
      "--kills <n> --profile <folder>]";
    throw new UsageError(usage, { cause });
  }
}

function countIn(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new UsageError(`--${name} takes a whole number above 0, not "${text}"`);
}
