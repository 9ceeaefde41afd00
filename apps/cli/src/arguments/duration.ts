/** Durations on the command line: `250ms`, `30s`, `5m`, `12h`, `7d`; a bare number is seconds. */
import { InvalidArgumentError } from "@commander-js/extra-typings";

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What is said of a text that is no duration. */
export const durationExpected = "Expected a duration such as 250ms, 30s, 5m, 12h or 7d.";

/** A reader of durations from `minMs` to `maxMs`, in whole ms. It throws InvalidArgumentError. */
export function durationBetween(minMs: number, maxMs: number): (text: string) => number {
  return (text) => {
    const ms = durationMs(text);
    if (ms >= minMs && ms <= maxMs) return ms;
    const most = durationWord(maxMs);
    const bounds = minMs === 0 ? `of at most ${most}` : `from ${durationWord(minMs)} to ${most}`;
    throw new InvalidArgumentError(`Expected a duration ${bounds}.`);
  };
}

/** The duration in whole ms, for an option. Throws InvalidArgumentError. */
export function durationMs(text: string): number {
  const ms = durationIn(text);
  if (ms === null) throw new InvalidArgumentError(durationExpected);
  return ms;
}

/** The duration in whole ms; null when the text is none. */
export function durationIn(text: string): number | null {
  const [, number = "", unit = "s"] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  return number === "" || !isUnit(unit) ? null : Math.round(Number(number) * unitMs[unit]);
}

/** The duration as one would type it: in the largest unit of which it is a whole number. */
function durationWord(ms: number): string {
  const units = Object.entries(unitMs).toReversed();
  const [unit, ofUnit] = units.find(([, each]) => ms >= each && ms % each === 0) ?? ["ms", 1];
  return `${ms / ofUnit}${unit}`;
}

function isUnit(text: string): text is keyof typeof unitMs {
  return Object.hasOwn(unitMs, text);
}
