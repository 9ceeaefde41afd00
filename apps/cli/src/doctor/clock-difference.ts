/** How far two clocks are apart, as far as one answer can tell. */

/** HTTP tells times to the second and cuts them (RFC 9110 §5.6.7). */
const httpDateMs = 1000;

/**
 * Ms by which the other clock is ahead of ours at least; negative when it is behind, 0 when both
 * may say the same. `date` is the header of an answer, sent and received at these times of ours;
 * null when it holds no time.
 */
export function clockDifferenceMs(
  date: string,
  { sentMs, receivedMs }: { readonly sentMs: number; readonly receivedMs: number },
): number | null {
  const otherMs = Date.parse(date);
  if (Number.isNaN(otherMs)) return null;
  const leastMs = otherMs - receivedMs;
  const mostMs = otherMs + httpDateMs - sentMs;
  if (leastMs > 0) return leastMs;
  return mostMs < 0 ? mostMs : 0;
}
