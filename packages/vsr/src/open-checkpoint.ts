/**
 * Opening: a restarted replica loads its own newest checkpoint before it executes anything; the
 * log above it is replayed. One that cannot be read whole is no reason to be lost: the older ones
 * of this disk are tried, then the whole log is replayed, if nothing of it is freed yet; or the missing
 * blocks are asked of peers; and when these have gone on and freed them, a newer state of theirs is
 * taken.
 */
import { present } from "@quorate/prelude";
import { raise } from "./alarm.ts";
import { enterState } from "./enter-state.ts";
import { newQuestions } from "./fetch-blocks.ts";
import { beginLoad, type LoadOrder, type StateLoad } from "./load-state.ts";
import { beginReopening } from "./repair.ts";
import { otherMembers, type Replica } from "./state.ts";

/**
 * Begins to load a checkpoint of this disk, if the state is not open and nothing is loaded. A log
 * whose head is uncertain may end below the checkpoint: it is installed first.
 */
export function openCheckpoint(replica: Replica): void {
  if (replica.isStateOpen || replica.load !== null || replica.status === "recovering") return;
  if (replica.now < replica.openAgainAt) return;
  const order = nextOrder(replica);
  if (order === null) replica.isStateOpen = true;
  else beginLoad(replica, order);
}

/**
 * The newest first, then the older ones; then the newest again, with the help of peers, or null for the
 * state before the first entry: nothing has been executed in this life.
 */
function nextOrder(replica: Replica): LoadOrder | null {
  const usable = replica.checkpoints.filter(({ op }) => op >= replica.log.base.op).toReversed();
  const attempt = replica.openAttempt % (usable.length + 1);
  if (attempt === usable.length && replica.log.base.op === 0) return null;
  const checkpoint = present(usable[attempt] ?? usable[0], "a log above 0 has its checkpoint");
  const mayAsk = attempt === usable.length && otherMembers(replica).length > 0;
  return { checkpoint, purpose: "open", peers: mayAsk ? newQuestions() : null };
}

/** What became of a load that belongs to this replica's opening. */
export function settleOpening(replica: Replica, load: StateLoad): void {
  if (load.state === "walking") return;
  replica.load = null;
  if (load.state === "complete" && enterState(replica, load)) {
    // A start finds what a former life had freed in memory: without this, lives that take one
    // checkpoint each would fill the disk.
    replica.isRetainDue = true;
    return;
  }
  raise(replica, "checkpoint-unreadable", `op ${load.checkpoint.op}`);
  replica.openAttempt += 1;
  replica.openAgainAt = replica.now + replica.identity.options.repeatTicks;
  if (load.peers !== null) beginReopening(replica);
}
