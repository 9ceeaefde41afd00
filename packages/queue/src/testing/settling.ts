import { unreachable } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import type { LeaseKey } from "../ids.ts";
import type { SettleAction, Settlement } from "../operation.ts";
import { leaseOf, MachineDriver } from "./machine-driver.ts";

/** A plain settlement with this action. */
export function settlement(action: SettleAction, lease: LeaseKey): Settlement {
  switch (action) {
    case "nack":
      return { action, lease, delayMs: null, error: { type: "E", message: "why" } };
    case "release":
      return { action, lease, delayMs: null };
    case "reject":
      return { action, lease, error: null };
    case "extend":
      return { action, lease, leaseMs: 5_000, progress: null };
    case "ack":
      return { action, lease };
    default:
      return unreachable(action);
  }
}

/** A machine with the queue `q`. */
export function ready(config: Parameters<MachineDriver["put"]>[0] = {}): MachineDriver {
  const driver = new MachineDriver();
  driver.put(config);
  return driver;
}

/** The lease, of 2 s, of a message that was just enqueued. */
export function leased(driver: MachineDriver, group?: string): LeaseKey {
  driver.enqueue(group === undefined ? {} : { group });
  return leaseOf(driver.dequeue({ leaseMs: 2_000 }).messages[0]);
}

/** Settles one lease; the refusal, or state, alreadySettled and late. */
export function settleOne(driver: MachineDriver, action: SettleAction, lease: LeaseKey): unknown {
  const [result] = driver.settle(settlement(action, lease)).results;
  if (result?.status === "refused") return result.refusal;
  return { state: result?.state, already: result?.alreadySettled, late: result?.late };
}

/** A machine that frees one purged message an operation, so that ghosts stay for long. */
export function slow(config: Parameters<MachineDriver["put"]>[0] = {}): MachineDriver {
  const driver = new MachineDriver({ sha256, ghostsMax: 1 });
  driver.put(config);
  return driver;
}

/** The outcome of an operation that was refused for this reason. */
export function refusal(code: string): unknown {
  return { type: "refused", refusal: { code }, index: null };
}
