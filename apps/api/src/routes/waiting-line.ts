/** The lines of a queue in which calls wait: one for its messages, one for its dead letters. */

/** What a dequeue takes from. */
export type TakesFrom = "ready" | "dead";

/** No queue's name ends so. */
const deadEnding = "/dead";

/** The name of the line. */
export function lineOf(queue: string, from: TakesFrom): string {
  return from === "dead" ? queue + deadEnding : queue;
}

/** The queue of a line, and what is waited for in it. */
export function ofLine(line: string): { readonly queue: string; readonly from: TakesFrom } {
  if (!line.endsWith(deadEnding)) return { queue: line, from: "ready" };
  return { queue: line.slice(0, -deadEnding.length), from: "dead" };
}
