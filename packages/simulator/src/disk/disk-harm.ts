/** What time does to bytes on a disk. */
import type { Prng } from "@quorate/prelude";
import { sectorBytes } from "@quorate/log-format";

/** Blocks looked at before the disk counts as empty. */
const attemptsMax = 64;

/**
 * Harms one sector that holds something and that `isSafe` allows (by its offset): one bit flips, a
 * write meant for another place lands there, or a write that was confirmed never happened.
 */
export function harmBlock(bytes: Uint8Array, isSafe: (at: number) => boolean, prng: Prng): boolean {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const at = sectorBytes * prng.below(bytes.length / sectorBytes);
    const sector = bytes.subarray(at, at + sectorBytes);
    if (!isSafe(at) || sector.every((byte) => byte === 0)) continue;
    const from = sectorBytes * prng.below(bytes.length / sectorBytes);
    switch (prng.pick(["bit", "bit", "misdirected", "missed"] as const)) {
      case "bit":
        flipBit(sector, prng);
        return true;
      case "misdirected":
        if (from === at) continue;
        sector.set(bytes.subarray(from, from + sectorBytes));
        return true;
      case "missed":
        sector.fill(0);
        return true;
    }
  }
  return false;
}

/** A sector of a slot rots, or what another slot holds lands in this one. */
export function harmSlot(slots: Map<number, Uint8Array>, prng: Prng): boolean {
  const [slot, bytes] = prng.pick([...slots]);
  if (prng.chance(0.8)) return harmBlock(bytes, () => true, prng);
  const [other, otherBytes] = prng.pick([...slots]);
  slots.set(slot, otherBytes.slice());
  return other !== slot;
}

/** Flips a bit of a byte that is in use. */
function flipBit(sector: Uint8Array, prng: Prng): void {
  const used: number[] = [];
  sector.forEach((byte, at) => {
    if (byte !== 0) used.push(at);
  });
  const at = prng.pick(used);
  sector[at] = (sector[at] ?? 0) ^ (1 << prng.below(8));
}
