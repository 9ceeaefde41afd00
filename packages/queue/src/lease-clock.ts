import { leaseMsMax } from "./limits.ts";
import { messageField } from "./message-record.ts";
import type { QueueState } from "./state.ts";

/** When a lease that gets `leaseMs` from now ends, by the lease clock, in microseconds. */
export function leaseEndFromNow(state: QueueState, leaseMs: number): number {
  return state.leaseClock + leaseMs * 1_000;
}

/** The same for a lease that runs: at most 12 h after it began. */
export function extendedEnd(state: QueueState, message: number, leaseMs: number): number {
  const latest = state.messages.f64(message, messageField.leasedAt) + leaseMsMax * 1_000;
  return Math.min(leaseEndFromNow(state, leaseMs), latest);
}

/** Moves a running lease's end. */
export function setLeaseEndTime(state: QueueState, message: number, until: number): void {
  state.messages.setF64(message, messageField.deadline, until);
  state.leases.move(message);
}

/**
 * Takes a message out of the ends of leases that was rewound and has kept its place there. A settle
 * may rewind 99,000 messages, and to take each out of that heap would be most of the work; so those
 * beyond the first 2,000 stay in it until they get another lease, which moves them, or leave, or need
 * a timer of another kind; at the latest until the end that the lease had, which does nothing to
 * them. Must come before such a message's deadline or seq is changed.
 */
export function forgetLeaseTimer(state: QueueState, message: number): void {
  if (state.messages.u32(message, messageField.timer) !== 0) state.leases.remove(message);
}

/** The earliest end of a running lease as a time of day, in milliseconds since 1970. */
export function leaseUntilMs(state: QueueState, message: number): number {
  const left = state.messages.f64(message, messageField.deadline) - state.leaseClock;
  return Math.floor((state.now + left) / 1_000);
}
