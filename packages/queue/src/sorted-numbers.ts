import { assert, present } from "@quorate/prelude";

/** Numbers of a chunk at most; a fuller one is parted. */
const chunkMax = 512;

/**
 * A set of numbers in ascending order, in chunks: to add, remove or find one moves a few hundred
 * numbers at most. Used for the keys of blocks; derived from them, and no part of the state.
 */
export class SortedNumbers {
  private readonly chunks: number[][] = [];

  /** The lowest number, or -1. */
  get first(): number {
    return this.chunks[0]?.[0] ?? -1;
  }

  /** Adds a number, which must not be there. */
  add(number: number): void {
    const at = this.chunkOf(number);
    const chunk = this.chunks[at];
    if (chunk === undefined) {
      this.chunks.push([number]);
      return;
    }
    chunk.splice(positionIn(chunk, number), 0, number);
    if (chunk.length > chunkMax) this.chunks.splice(at + 1, 0, chunk.splice(chunkMax / 2));
  }

  /** Removes a number, which must be there. */
  delete(number: number): void {
    const at = this.chunkOf(number);
    const chunk = present(this.chunks[at], "number is in the set");
    const position = positionIn(chunk, number);
    assert(chunk[position] === number, "number is in the set");
    chunk.splice(position, 1);
    if (chunk.length === 0) this.chunks.splice(at, 1);
  }

  /** The lowest number that is not below `least`, or -1. */
  from(least: number): number {
    const at = this.chunkOf(least);
    const chunk = this.chunks[at];
    if (chunk === undefined) return -1;
    return chunk[positionIn(chunk, least)] ?? this.chunks[at + 1]?.[0] ?? -1;
  }

  /** The last number of which `holds` is true, or -1; it holds of a first part and no other. */
  lastWhere(holds: (number: number) => boolean): number {
    const holdsFirst = (chunk: readonly number[]): boolean => holds(present(chunk[0]));
    const chunk = this.chunks[countWhere(this.chunks, holdsFirst) - 1];
    return chunk === undefined ? -1 : present(chunk[countWhere(chunk, holds) - 1]);
  }

  // The chunk in which the number is, if it is anywhere.
  private chunkOf(number: number): number {
    return Math.max(0, countWhere(this.chunks, (chunk) => present(chunk[0]) <= number) - 1);
  }
}

// The position of the number, or of the first one above it.
function positionIn(chunk: readonly number[], number: number): number {
  const last = chunk.at(-1);
  if (last !== undefined && last < number) return chunk.length;
  return countWhere(chunk, (each) => each < number);
}

// How long the part is, from the first item, of which `holds` is true.
function countWhere<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(present(items[middle]))) low = middle + 1;
    else high = middle;
  }
  return low;
}
