/** Where a message stands in its group: the producer's own count, from 0. */
export interface GroupPlace {
  readonly group: string;
  readonly position: number;
}

interface Group {
  /** Positions not yet acknowledged by any consumer, ascending from `first`; true is open. */
  readonly isOpen: boolean[];
  /** No position below is open. */
  first: number;
}

/**
 * Knows which messages of each group must still come, in order. Correct while each group has one
 * producer with one call in flight, and a message closes before its ack is sent.
 */
export class GroupOrder {
  readonly #groups = new Map<string, Group>();

  /** The next message of a group is about to be sent. */
  add({ group, position }: GroupPlace): void {
    const found = this.#groups.get(group) ?? { isOpen: [], first: 0 };
    this.#groups.set(group, found);
    found.isOpen[position] = true;
  }

  /** Some consumer is about to acknowledge the message; it may be gone from now on. */
  close({ group, position }: GroupPlace): void {
    const found = this.#groups.get(group);
    if (found === undefined) return;
    found.isOpen[position] = false;
    while (found.isOpen[found.first] === false) found.first += 1;
  }

  /**
   * The first message of an answer that came while an earlier one of its group was still to come,
   * in words; null when all came in order.
   */
  firstOvertaken(places: readonly GroupPlace[]): string | null {
    const came = new Map<string, Set<number>>();
    for (const { group, position } of places) {
      const before = came.get(group) ?? new Set<number>();
      came.set(group, before);
      const found = this.#groups.get(group);
      for (let earlier = found?.first ?? 0; earlier < position; earlier++) {
        if (found?.isOpen[earlier] !== true || before.has(earlier)) continue;
        return `${group}: ${position} came before ${earlier}`;
      }
      before.add(position);
    }
    return null;
  }
}
