/** How much may be held at once. Adding work is shed before it is parsed; draining keeps its room. */
import { ApiError } from "@quorate/contract";
import type { EventLoopLag } from "./event-loop-lag.ts";
import { callBytesMin, overloadedRetryMsMax, overloadedRetryMsMin } from "../limits.ts";

/** `adding`: enqueue. `draining`: whatever ends work or looks after the cluster. */
export type CallKind = "adding" | "draining";

/** Counts the calls in progress, and their bytes. */
export interface Admission {
  /** Takes room for a call. Throws ApiError `overloaded` when there is none. */
  enter(kind: CallKind, bodyBytes: number): void;
  /** Corrects the bytes of a call that is inside, once they are known. */
  correct(kind: CallKind, from: number, to: number): void;
  /** Gives back what the call has taken. */
  leave(kind: CallKind, bodyBytes: number): void;
}

/** Room of each kind; what one kind takes, the other does not miss. */
export interface AdmissionLimits {
  readonly addingCallsMax: number;
  readonly addingBytesMax: number;
  readonly drainingCallsMax: number;
  readonly drainingBytesMax: number;
  /** A process that is later than this adds no work. */
  readonly eventLoopLagMsMax: number;
}

/** Room for one process. `lag` tells how late it is. */
export function createAdmission(
  limits: AdmissionLimits,
  lag: Pick<EventLoopLag, "lagMs">,
): Admission {
  const room = {
    adding: {
      calls: 0,
      bytes: 0,
      callsMax: limits.addingCallsMax,
      bytesMax: limits.addingBytesMax,
    },
    draining: {
      calls: 0,
      bytes: 0,
      callsMax: limits.drainingCallsMax,
      bytesMax: limits.drainingBytesMax,
    },
  };
  const charge = (bodyBytes: number): number => Math.max(bodyBytes, callBytesMin);
  return {
    enter(kind, bodyBytes) {
      const of = room[kind];
      const isFull = of.calls >= of.callsMax || of.bytes + charge(bodyBytes) > of.bytesMax;
      const isLate = kind === "adding" && lag.lagMs() > limits.eventLoopLagMsMax;
      if (isFull || isLate) throw new ApiError("overloaded", { retryAfterMs: retryAfterMs() });
      of.calls += 1;
      of.bytes += charge(bodyBytes);
    },
    correct(kind, from, to) {
      room[kind].bytes += charge(to) - charge(from);
    },
    leave(kind, bodyBytes) {
      const of = room[kind];
      of.calls -= 1;
      of.bytes -= charge(bodyBytes);
    },
  };
}

/** Not the same for all who are sent away together, so that they do not come back together. */
function retryAfterMs(): number {
  return overloadedRetryMsMin + Math.random() * (overloadedRetryMsMax - overloadedRetryMsMin);
}
