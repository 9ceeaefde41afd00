/** Rot: single bits that change in the files of a replica, as they do on disks and in memory. */
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Prng } from "@quorate/prelude";

/** What is looked at to tell used places from those that were never written. */
const sectorBytes = 4096;
const zeroes = Buffer.alloc(sectorBytes);

/**
 * One flip in so many chooses a file first, and then a place in it, so that small files, which a
 * replica cannot do without, are hit too; the others choose among all places alike.
 */
const byFileOneIn = 5;

interface Sector {
  readonly name: string;
  readonly offset: number;
}

/**
 * Flips this many bits at random among all sectors of the folder's files that hold anything.
 * `spared` is left alone. Returns how many were flipped: fewer only where there are no such files.
 */
export function flipBits(folder: string, count: number, spared: string, random: Prng): number {
  const sectors = usedSectors(folder).filter(({ name }) => name !== spared);
  const names = [...new Set(sectors.map(({ name }) => name))];
  if (names.length === 0) return 0;
  for (let flipped = 0; flipped < count; flipped++) {
    const name = random.below(byFileOneIn) === 0 ? random.pick(names) : null;
    const { name: file, offset } = random.pick(
      name === null ? sectors : sectors.filter((sector) => sector.name === name),
    );
    flipBit(join(folder, file), offset + random.below(sectorBytes), random.below(8));
  }
  return count;
}

function usedSectors(folder: string): readonly Sector[] {
  return readdirSync(folder).flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    const found: Sector[] = [];
    for (let offset = 0; offset < bytes.length; offset += sectorBytes) {
      const sector = bytes.subarray(offset, offset + sectorBytes);
      if (!sector.equals(zeroes.subarray(0, sector.length))) found.push({ name, offset });
    }
    return found;
  });
}

function flipBit(path: string, at: number, bit: number): void {
  const file = openSync(path, "r+");
  try {
    const byte = Buffer.alloc(1);
    // A short file's only sector may end before the place that was drawn.
    if (readSync(file, byte, 0, 1, at) === 0) return flipBit(path, Math.floor(at / 2), bit);
    byte[0] = (byte[0] ?? 0) ^ (1 << bit);
    writeSync(file, byte, 0, 1, at);
  } finally {
    closeSync(file);
  }
}
