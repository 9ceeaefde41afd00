import type { ModelMessage } from "./model-message.ts";
import type { ModelQueue } from "./model-queue.ts";

/** Dead letters in the order of their deaths. */
export function deadLettersOf(queue: ModelQueue): readonly ModelMessage[] {
  return [...queue.messages.values()]
    .filter(({ state }) => state === "dead")
    .toSorted((a, b) => a.death - b.death);
}

/**
 * The first of them, at most `max`, and of each group at most `maxPerGroup`; `endIfOver` takes one
 * away that was kept for long enough, and says whether it was.
 */
export function firstDeadLettersOf(
  queue: ModelQueue,
  max: number,
  maxPerGroup: number,
  endIfOver: (letter: ModelMessage) => boolean,
): readonly ModelMessage[] {
  const taken: ModelMessage[] = [];
  for (const letter of deadLettersOf(queue)) {
    if (taken.length === max) break;
    const { group } = letter;
    const ofGroup = group === null ? 0 : taken.filter((each) => each.group === group).length;
    if (!endIfOver(letter) && ofGroup < maxPerGroup) taken.push(letter);
  }
  return taken;
}
