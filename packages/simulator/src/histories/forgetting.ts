/** From when on the cluster may no longer know what it did. */
import { queueLimits } from "@quorate/queue";

/** Clocks of primaries differ by so much at most, in microseconds: skewed, and jumping. */
const clockSlackMicros = 20_000_000;

/**
 * A settlement that was asked for this long ago may be forgotten, in virtual microseconds. The
 * cluster counts from when it executed the call, by the clock of its primary.
 */
export const settlementKeptMicros = queueLimits.settledWindowMs * 1_000 - clockSlackMicros;
