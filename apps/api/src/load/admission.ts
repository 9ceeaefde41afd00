/**
 * How much may be held at once. Adding work is shed before it is parsed; draining keeps its room; and of
 * either room one principal gets a share of what the others leave (ADR 19).
 */
import { ApiError } from "@quorate/contract";
import type { EventLoopLag } from "./event-loop-lag.ts";
import { callBytesMin, overloadedRetryMsMax, overloadedRetryMsMin } from "../limits.ts";

/** `adding`: enqueue. `draining`: whatever ends work or looks after the cluster. */
export type CallKind = "adding" | "draining";

/** Counts the calls in progress, and their bytes. */
export interface Admission {
  /**
   * Takes room for a call of the principal with this id. Throws ApiError `overloaded` when there is
   * none, or when the principal has his share.
   */
  enter(kind: CallKind, principalId: string, bodyBytes: number): Place;
}

/** The room of one call. */
export interface Place {
  /** Corrects the bytes of the call, once they are known; never to more than it entered with. */
  correct(bodyBytes: number): void;
  /** Gives back what the call holds; once. */
  leave(): void;
}

/** Room of each kind; what one kind takes, the other does not miss. */
export interface AdmissionLimits {
  readonly addingCallsMax: number;
  readonly addingBytesMax: number;
  readonly drainingCallsMax: number;
  readonly drainingBytesMax: number;
  /** Of the room of a kind that others leave, one principal holds at most this; 1 to 100. */
  readonly principalPercentMax: number;
  /** A process that is later than this adds no work. */
  readonly eventLoopLagMsMax: number;
}

/** Room for one process. `lag` tells how late it is. */
export function createAdmission(
  limits: AdmissionLimits,
  lag: Pick<EventLoopLag, "lagMs">,
): Admission {
  const share = limits.principalPercentMax / 100;
  const rooms = {
    adding: createRoom({ calls: limits.addingCallsMax, bytes: limits.addingBytesMax }, share),
    draining: createRoom({ calls: limits.drainingCallsMax, bytes: limits.drainingBytesMax }, share),
  };
  return {
    enter(kind, principalId, bodyBytes) {
      const isLate = kind === "adding" && lag.lagMs() > limits.eventLoopLagMsMax;
      if (isLate) throw overloaded("This gateway is late.");
      return rooms[kind].enter(principalId, bodyBytes);
    },
  };
}

/** Calls and their bytes. */
interface Amount {
  calls: number;
  bytes: number;
}

/** Room of one kind. */
interface Room {
  enter(principalId: string, bodyBytes: number): Place;
}

function createRoom(max: Readonly<Amount>, share: number): Room {
  const held: Amount = { calls: 0, bytes: 0 };
  // No longer than held.calls: who holds nothing is not in it.
  const heldBy = new Map<string, Amount>();
  const charge = (bodyBytes: number): number => Math.max(bodyBytes, callBytesMin);
  const fits = (of: keyof Amount, more: number): boolean => held[of] + more <= max[of];
  /** Of what the others leave, which is what is free and what is his own. */
  const isWithinShare = (own: Amount, of: keyof Amount, more: number): boolean =>
    own[of] + more <= share * (max[of] - held[of] + own[of]);
  const add = (own: Amount, calls: number, bytes: number): void => {
    own.calls += calls;
    own.bytes += bytes;
    held.calls += calls;
    held.bytes += bytes;
  };
  return {
    enter(principalId, bodyBytes) {
      let bytes = charge(bodyBytes);
      if (!fits("calls", 1) || !fits("bytes", bytes)) {
        throw overloaded("This gateway holds as many calls as it may.");
      }
      const own = heldBy.get(principalId) ?? { calls: 0, bytes: 0 };
      // Whoever holds nothing is let in wherever there is room: a share may be less than one call.
      const hasShare =
        own.calls > 0 && !(isWithinShare(own, "calls", 1) && isWithinShare(own, "bytes", bytes));
      if (hasShare) throw overloaded("The caller holds his share of this gateway's room.");
      heldBy.set(principalId, own);
      add(own, 1, bytes);
      return {
        correct(known) {
          add(own, 0, charge(known) - bytes);
          bytes = charge(known);
        },
        leave() {
          add(own, -1, -bytes);
          if (own.calls === 0) heldBy.delete(principalId);
        },
      };
    },
  };
}

/** Not the same time for all who are sent away together, so that they do not come back together. */
function overloaded(detail: string): ApiError {
  const spreadMs = overloadedRetryMsMax - overloadedRetryMsMin;
  const retryAfterMs = overloadedRetryMsMin + Math.random() * spreadMs;
  return new ApiError("overloaded", { detail, retryAfterMs });
}
