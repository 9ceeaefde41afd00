import type { ModelMessage } from "./model-message.ts";
import type { ModelQueue } from "./model-queue.ts";

/** Dead letters in the order of their deaths. */
export function deadLettersOf(queue: ModelQueue): readonly ModelMessage[] {
  return [...queue.messages.values()]
    .filter(({ state }) => state === "dead")
    .toSorted((a, b) => a.death - b.death);
}

/** The first of them, at most `max`, and of each group at most `maxPerGroup`. */
export function firstDeadLettersOf(
  queue: ModelQueue,
  max: number,
  maxPerGroup: number,
): readonly ModelMessage[] {
  const ofGroup = new Map<string, number>();
  const dead = deadLettersOf(queue).filter(({ group }) => {
    if (group === null) return true;
    ofGroup.set(group, (ofGroup.get(group) ?? 0) + 1);
    return (ofGroup.get(group) ?? 0) <= maxPerGroup;
  });
  return dead.slice(0, max);
}
