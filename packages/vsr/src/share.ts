/**
 * How much of a limit that all gateways share one of them may take: no more than what is left.
 *
 * One alone gets half, two get a third each, and there is always room for one that comes late. It
 * needs no count of who is there (Choudhury and Hahne, Dynamic queue length thresholds for
 * shared-memory packet switches, 1998).
 */
export function isShareUsedUp(own: number, all: number, max: number): boolean {
  return own >= max - all;
}
