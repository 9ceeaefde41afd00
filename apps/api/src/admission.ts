/** How much may be held at once. Adding work is shed before it is parsed; draining keeps its room. */
import { ApiError } from "@quorate/contract";
import { addingBytesMax, callBytesMin, drainingBytesMax } from "./limits.ts";

/** `adding`: enqueue and configuration. `draining`: whatever ends work or looks after the cluster. */
export type CallKind = "adding" | "draining";

/** Counts the bytes of the calls in progress. */
export interface Admission {
  /** Takes room for a call. Throws ApiError `overloaded` when there is none. */
  enter(kind: CallKind, bodyBytes: number): void;
  /** Gives back what enter took. */
  leave(kind: CallKind, bodyBytes: number): void;
}

/** Room for one process. */
export function createAdmission(): Admission {
  const held = { adding: 0, draining: 0 };
  const max = { adding: addingBytesMax, draining: drainingBytesMax };
  const charge = (bodyBytes: number): number => Math.max(bodyBytes, callBytesMin);
  return {
    enter(kind, bodyBytes) {
      if (held[kind] + charge(bodyBytes) > max[kind]) {
        throw new ApiError("overloaded", { retryAfterMs: 1000 });
      }
      held[kind] += charge(bodyBytes);
    },
    leave(kind, bodyBytes) {
      held[kind] -= charge(bodyBytes);
    },
  };
}
