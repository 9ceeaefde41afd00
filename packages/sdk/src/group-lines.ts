/** Messages that wait for an earlier one of their group: a worker handles a group one by one. */

/** What can stand in a line. */
interface InGroup {
  readonly groupId: string | null;
}

/** A line for each group of which a message is being handled. */
export class GroupLines<H extends InGroup> {
  private readonly lines = new Map<string, H[]>();

  /** Whether the message may be handled now; if not, it waits until `next` gives it out. */
  enter(held: H): boolean {
    const { groupId } = held;
    if (groupId === null) return true;
    const line = this.lines.get(groupId);
    if (line === undefined) this.lines.set(groupId, []);
    else line.push(held);
    return line === undefined;
  }

  /** The message that may be handled now that this one of its group has been; null: none waits. */
  next({ groupId }: H): H | null {
    if (groupId === null) return null;
    const next = this.lines.get(groupId)?.shift() ?? null;
    if (next === null) this.lines.delete(groupId);
    return next;
  }

  /** Takes out everything that waits behind this message of its group. */
  takeBehind({ groupId }: H): readonly H[] {
    if (groupId === null) return [];
    const line = this.lines.get(groupId) ?? [];
    this.lines.delete(groupId);
    return line;
  }

  /** Takes out everything that waits; groups whose message is being handled stay closed. */
  takeAll(): readonly H[] {
    return [...this.lines.values()].flatMap((line) => line.splice(0));
  }
}
