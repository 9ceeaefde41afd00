/**
 * Opening: a restarted replica loads its own newest checkpoint before it executes anything; the
 * log above it is replayed. One that cannot be read whole is no reason to be lost: the older ones
 * of this disk are tried, then the missing blocks are asked of peers.
 */
import { present } from "@quorate/prelude";
import { opMax } from "@quorate/protocol";
import { newQuestions } from "./fetch-blocks.ts";
import { beginLoad, type LoadOrder, type StateLoad } from "./load-state.ts";
import { otherMembers, raise, type Replica } from "./state.ts";

/**
 * Begins to load a checkpoint of this disk, if the state is not open and nothing is loaded. A log
 * whose head is uncertain may end below the checkpoint: it is installed first.
 */
export function openCheckpoint(replica: Replica): void {
  if (replica.isStateOpen || replica.load !== null || replica.status === "recovering") return;
  if (replica.now < replica.openAgainAt) return;
  beginLoad(replica, nextOrder(replica));
}

/** The newest first, then the older ones; then the newest again, with the help of peers. */
function nextOrder(replica: Replica): LoadOrder {
  const usable = replica.checkpoints.filter(({ op }) => op >= replica.log.base.op).toReversed();
  const attempt = replica.openAttempt % (usable.length + 1);
  const checkpoint = present(usable[attempt] ?? usable[0], "a log above 0 has its checkpoint");
  const mayAsk = attempt === usable.length && otherMembers(replica).length > 0;
  return { checkpoint, purpose: "open", peers: mayAsk ? newQuestions() : null };
}

/** What became of a load that belongs to this replica's opening. */
export function settleOpening(replica: Replica, load: StateLoad): void {
  if (load.state === "walking") return;
  replica.load = null;
  if (load.state === "complete" && enterState(replica, load)) return;
  raise(replica, "checkpoint-unreadable", `op ${load.checkpoint.op}`);
  replica.openAttempt += 1;
  replica.openAgainAt = replica.now + replica.identity.options.repeatTicks;
}

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
  replica.executed = op;
  replica.loadedOp = op;
  replica.commit = opMax(replica.commit, op);
  replica.isStateOpen = true;
  replica.openAttempt = 0;
  return true;
}
