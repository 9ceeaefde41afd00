import { present } from "@quorate/prelude";
import type { Queue } from "./queue.ts";

interface Entry {
  readonly queue: Queue;
  /** Not before this time has the queue anything to do, in microseconds. */
  at: number;
  /** Its place in the heap. */
  place: number;
}

/**
 * When queues have something to do next, so that a pulse looks at those alone of ten thousand: a
 * binary heap by time. Times are bounds: never later than a queue has something to do, and put right
 * when they have come. To look at a queue that has nothing to do changes nothing; so they are no part
 * of the state, and replicas whose bounds differ do the same.
 */
export class QueueCalendar {
  private readonly heap: Entry[] = [];
  private readonly entries = new Map<Queue, Entry>();

  /** The queue may have something to do at this time, in microseconds; infinity is never. */
  expect(queue: Queue, at: number): void {
    if (at < this.boundOf(queue)) this.set(queue, at);
  }

  /** Before this time the queue has nothing to do, and at this time it may have. */
  set(queue: Queue, at: number): void {
    const known = this.entries.get(queue);
    if (at === Infinity) {
      if (known !== undefined) this.remove(known);
    } else if (known === undefined) {
      const entry = { queue, at, place: this.heap.length };
      this.entries.set(queue, entry);
      this.heap.push(entry);
      this.siftUp(entry);
    } else {
      known.at = at;
      this.siftUp(known);
      this.siftDown(known);
    }
  }

  /** Queues that may have something to do at this time, in the order in which they were made. */
  dueAt(now: number): readonly Queue[] {
    const due: Queue[] = [];
    this.collect(0, now, due);
    return due.toSorted((left, right) => left.incarnation - right.incarnation);
  }

  /**
   * Whether a queue has something to do at this time. `nextOf` says when one has, at which a bound
   * that was too early is put right.
   */
  isDue(now: number, nextOf: (queue: Queue) => number): boolean {
    for (;;) {
      const [first] = this.heap;
      if (first === undefined || first.at > now) return false;
      const next = nextOf(first.queue);
      if (next <= now) return true;
      this.set(first.queue, next);
    }
  }

  private boundOf(queue: Queue): number {
    return this.entries.get(queue)?.at ?? Infinity;
  }

  // Who is due in a heap is a tree from its root: nothing else is looked at but its neighbours.
  private collect(place: number, now: number, due: Queue[]): void {
    const entry = this.heap[place];
    if (entry === undefined || entry.at > now) return;
    due.push(entry.queue);
    this.collect(2 * place + 1, now, due);
    this.collect(2 * place + 2, now, due);
  }

  private remove(entry: Entry): void {
    this.entries.delete(entry.queue);
    const last = present(this.heap.pop(), "heap has the entry");
    if (last === entry) return;
    this.put(last, entry.place);
    this.siftUp(last);
    this.siftDown(last);
  }

  private siftUp(entry: Entry): void {
    while (entry.place > 0) {
      const above = present(this.heap[(entry.place - 1) >>> 1], "heap has a parent");
      if (!isBefore(entry, above)) return;
      this.swap(entry, above);
    }
  }

  private siftDown(entry: Entry): void {
    for (;;) {
      const left = this.heap[2 * entry.place + 1];
      const right = this.heap[2 * entry.place + 2];
      if (left === undefined) return;
      const below = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(below, entry)) return;
      this.swap(entry, below);
    }
  }

  private swap(one: Entry, other: Entry): void {
    const { place } = one;
    this.put(one, other.place);
    this.put(other, place);
  }

  private put(entry: Entry, place: number): void {
    entry.place = place;
    this.heap[place] = entry;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.at < right.at;
}
