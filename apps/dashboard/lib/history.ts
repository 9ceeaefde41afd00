/** One value and when it was seen, in ms of a monotonic clock. */
export type Sample = { readonly atMs: number; readonly value: number };

/** How far back a sparkline reaches, in ms. */
export const historyMs = 120_000;

/** Closest two samples, in ms: more would not be seen. */
const sampleMsMin = 1000;

/** Fewer samples than this make no line, only a speck. */
const samplesMin = 4;

/** The samples with a new one at the end, without what is too old; the same object when it comes too soon. */
export function withSample(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && next.atMs - last.atMs < sampleMsMin) return samples;
  return [...samples.filter((sample) => next.atMs - sample.atMs <= historyMs), next];
}

/**
 * A line through the samples, from 0 at the bottom to the largest at the top; empty for fewer than `samplesMin`.
 * @returns an SVG path within `width` by `height`
 */
export function sparkPathOf(samples: readonly Sample[], width: number, height: number): string {
  const last = samples.at(-1);
  if (last === undefined || samples.length < samplesMin) return "";
  const most = Math.max(...samples.map((sample) => sample.value), Number.MIN_VALUE);
  return samples
    .map((sample, k) => {
      const x = width * (1 - (last.atMs - sample.atMs) / historyMs);
      const y = height - 1 - (height - 2) * (sample.value / most);
      return `${k === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}
