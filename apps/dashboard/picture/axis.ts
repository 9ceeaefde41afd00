import type { PictureState } from "@quorate/contract";
import { lagOpsOf } from "./membership.ts";

/** The horizontal scale of the logs: logarithmic in the lag, so that 3 ops and 3 million both show. */
export type Axis = {
  /** Lag at the left end, in ops: a power of ten. */
  readonly span: number;
  /** Ops from one tick to the next: a power of ten. */
  readonly tickOps: number;
  /** Where a log ends that is `lagOps` behind the commit, in px. */
  readonly xOf: (lagOps: number) => number;
  /** The ticks of a bar that ends at `headX`, as one path; they stand at whole multiples of `tickOps`. */
  readonly ticksOf: (headX: number, bottom: number) => string;
};

const kneeOpsMin = 10;
const spanOpsMin = 10_000;
/** Seconds of traffic between the left end and the line. */
const spanSeconds = 5;
/** Lag, in seconds of traffic, below which the scale is nearly linear: what is normal between two samples. */
const kneeSeconds = 0.01;
const ticksMax = 12;
/** Ticks nearer than this, in px, would be a smear. */
const tickGapMin = 7;
const tickLength = 7;

/** The scale for one picture between two x, in px: as wide as the member furthest behind needs. */
export function axisOf(picture: PictureState, left: number, right: number): Axis {
  const lagMax = Math.max(0, ...picture.members.map((member) => lagOpsOf(picture, member)));
  const span = Math.max(spanOpsMin, tenOver(lagMax * 2), tenOver(picture.opsPerSec * spanSeconds));
  const kneeOps = Math.max(kneeOpsMin, picture.opsPerSec * kneeSeconds);
  const whole = Math.log1p(span / kneeOps);
  const xOf = (lagOps: number): number => {
    const fraction = Math.min(1, Math.log1p(lagOps / kneeOps) / whole);
    return Math.round((right - (right - left) * fraction) * 10) / 10;
  };
  const tickOps = span / 10;
  return {
    span,
    tickOps,
    xOf,
    ticksOf: (headX, bottom) => ticksOf(picture, xOf, tickOps, left, headX, bottom),
  };
}

/** The least power of ten that is at least `value`; 1 for values below 1. */
function tenOver(value: number): number {
  return value <= 1 ? 1 : 10 ** Math.ceil(Math.log10(value));
}

function ticksOf(
  picture: PictureState,
  xOf: (lagOps: number) => number,
  tickOps: number,
  left: number,
  headX: number,
  bottom: number,
): string {
  let path = "";
  let previous = headX - 4;
  const newest = picture.commit % tickOps;
  for (let k = 0; k < ticksMax; k += 1) {
    const x = xOf(newest + k * tickOps);
    if (x <= left + 2) break;
    if (x > previous - tickGapMin) continue;
    path += `M${x} ${bottom - tickLength}v${tickLength}`;
    previous = x;
  }
  return path;
}
