/** Times in tables: how long ago or how soon, by the reader's clock. Exact ones are in records and in JSON. */
import { type Fields, textAt } from "../exact-json.ts";
import { absent } from "./cell.ts";
import { compactDuration } from "./compact.ts";

/** For a column: how long ago the time at a path was; a clock that is behind makes no negative age. */
export function ageAt(path: string): (item: Fields, nowMs: number) => string {
  return (item, nowMs) => text(textAt(item, path), (timeMs) => nowMs - timeMs);
}

/** For a column: the same in words, such as `3m12s ago`. */
export function agoAt(path: string): (item: Fields, nowMs: number) => string {
  return (item, nowMs) => {
    const age = ageAt(path)(item, nowMs);
    return age === absent ? absent : `${age} ago`;
  };
}

/** For a column: how soon the time at a path is. */
export function leftAt(path: string): (item: Fields, nowMs: number) => string {
  return (item, nowMs) => text(textAt(item, path), (timeMs) => timeMs - nowMs);
}

function text(time: string, difference: (timeMs: number) => number): string {
  return time === "" ? absent : compactDuration(Math.max(0, difference(Date.parse(time))));
}
