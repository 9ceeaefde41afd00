/** A primary that knows it should not lead hands over, and nobody waits for a timer: rule A8. */
import type { Admitted } from "@quorate/protocol";
import type { IgnoreReason } from "./effect.ts";
import { broadcast, statementOf } from "./speak.ts";
import { dropFetch } from "./state-transfer.ts";
import { ignore, primaryIndex, type Replica } from "./state.ts";
import { expireViewChangeTimer } from "./timeout.ts";
import { voteWhenDue } from "./view-change.ts";

/** The acting primary leads no more in this view; it and all that hear it vote at once. */
export function handOver(replica: Replica): void {
  broadcast(replica, statementOf(replica, { command: "stepDown" }));
  abdicate(replica);
  voteWhenDue(replica);
}

/**
 * Stops Prepare, Commit and reads for the rest of this view, and votes for the next. What it was
 * fetching was for the log and the state of the view that it led: installed now, it would make this
 * replica normal in that view again, with nobody to lead it.
 */
export function abdicate(replica: Replica): void {
  replica.acting = null;
  replica.status = "view-change";
  dropFetch(replica);
  expireViewChangeTimer(replica);
}

/**
 * In every status but one that must not vote. A lost StepDown costs time alone: a silent primary is
 * voted out all the same.
 */
export function onStepDown(replica: Replica, { header }: Admitted): void {
  const reason = reasonAgainstStepDown(replica, header);
  if (reason !== null) return ignore(replica, "stepDown", reason);
  expireViewChangeTimer(replica);
  voteWhenDue(replica);
}

function reasonAgainstStepDown(
  replica: Replica,
  { view, sender }: Admitted["header"],
): IgnoreReason | null {
  if (view < replica.view) return "older view";
  if (view > replica.view) return "newer view";
  if (sender !== primaryIndex(replica)) return "not from the primary";
  return replica.status === "recovering" ? "head uncertain" : null;
}
