/**
 * Counts what others can make happen as often as they like, and says which of it to tell.
 *
 * The 1st, 2nd, 4th, 8th … of a name is worth a line in a log: whoever causes it again and again
 * neither hides among its own lines nor fills a disk with them.
 */
export class Tally<Name extends string> {
  private readonly counts = new Map<Name, number>();

  /** Counts one more of the name: its number, and whether to tell. */
  count(name: Name): { readonly count: number; readonly isWorthTelling: boolean } {
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    return { count, isWorthTelling: Number.isInteger(Math.log2(count)) };
  }

  /** How often each name was counted. */
  read(): ReadonlyMap<Name, number> {
    return new Map(this.counts);
  }
}
