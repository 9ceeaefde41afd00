/** A state that was loaded takes the place of the present one: VRR §5.1 and §5.2. */
import { asOp, type LogBase, opMax } from "@quorate/protocol";
import { endAlarms, raise } from "./alarm.ts";
import { nothingTransferred } from "./free-blocks.ts";
import { dropFreezing } from "./freezing.ts";
import type { StateLoad } from "./load-state.ts";
import type { Replica } from "./state.ts";
import { shortenStride } from "./stride.ts";
import { writeSuperblock } from "./superblock-writes.ts";

/**
 * Replaces the state by the one that was loaded: execution goes on from its op. Returns false, and
 * changes nothing, when it is none of this machine's states.
 */
export function enterState(replica: Replica, { checkpoint, loading, replication }: StateLoad) {
  const { op } = checkpoint;
  if (replication === null || !loading.finish()) return false;
  replica.clientTable.replace(replication.sessions);
  replica.incarnations.replace(replication.incarnations);
  replica.schedule = { op, bytes: 0 };
  shortenStride(replica, op);
  replica.executed = op;
  replica.loadedOp = op;
  replica.commit = opMax(replica.commit, op);
  replica.isStateOpen = true;
  replica.openAttempt = 0;
  replica.transferred = nothingTransferred();
  endAlarms(replica, "checkpoint-unreadable", "foreign-state", "lying-peer");
  return true;
}

/**
 * A transferred state for the own log, which holds the checkpoint's entry: it only begins later
 * now, and everything that was promised above stays.
 */
export function adoptWithin(replica: Replica, load: StateLoad): void {
  if (!adopt(replica, load)) return;
  replica.log.freeThrough(asOp(load.checkpoint.op));
  writeSuperblock(replica, replica.log.settledHead, "checkpoint");
}

/** A transferred state with a log of its own: nothing of the old one remains. */
export function adoptBeside(replica: Replica, load: StateLoad, base: LogBase): boolean {
  if (!adopt(replica, load)) return false;
  replica.log.restartAbove(base);
  // Until the superblock names the new log, nothing is promised in this view (rule S2).
  replica.acting = null;
  if (replica.status !== "recovering") replica.status = "view-change";
  return true;
}

function adopt(replica: Replica, load: StateLoad): boolean {
  replica.load = null;
  dropFreezing(replica);
  if (!enterState(replica, load)) {
    raise(replica, "foreign-state", `op ${load.checkpoint.op}`);
    return false;
  }
  replica.checkpoints = [load.checkpoint];
  return true;
}
