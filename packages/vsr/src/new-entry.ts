/**
 * What a backup takes for a new entry of its view, whether it comes in its Prepare or is fetched
 * because that was missed: rules S8 and L4. What a view change has selected, or a checkpoint
 * brings, is judged by others.
 */
import { assert, bytesEqual } from "@quorate/prelude";
import { decodeEntryBody, type EntryHeader, type Op } from "@quorate/protocol";
import type { IgnoreReason } from "./effect.ts";
import { admitEmbedded } from "./proof.ts";
import { tell } from "./speak.ts";
import { primaryIndex, type Replica } from "./state.ts";
import { expireViewChangeTimer } from "./timeout.ts";

/** For the entry after the head, with the body that its header names. */
export function reasonAgainstNew(
  replica: Replica,
  header: EntryHeader,
  body: Uint8Array,
  commit: Op,
): IgnoreReason | null {
  const { log, identity } = replica;
  if (!bytesEqual(header.parent, log.head.hash)) return "not chained";
  // Rule S8: above StartView.op there are entries of this view alone.
  if (header.view !== replica.view || header.epoch !== identity.admission.config.epoch) {
    return "not the view of the entry";
  }
  if (header.timestampMicros <= log.timestampOfHead()) return "not chained";
  if (header.op > commit && isTooFarAhead(replica, header)) return "clock ahead";
  return areRequestsAdmitted(replica, body) ? null : "request not admitted";
}

/**
 * Rule L4: only an upper bound, and not for what is committed. After a jump that was selected all
 * the same, time goes on by one: then the primary has no choice. And one that still leads so long
 * after it was refused has measured its clock against a quorum's: then it is this one that is wrong.
 */
function isTooFarAhead(replica: Replica, header: EntryHeader): boolean {
  const { log, clockMicros, clockRefusedAt, now } = replica;
  const { skewMicrosMax, abdicateTicks } = replica.identity.options;
  if (clockRefusedAt !== null && now - clockRefusedAt > abdicateTicks) return false;
  return header.timestampMicros > Math.max(clockMicros + skewMicrosMax, log.timestampOfHead() + 1);
}

/** Nobody can invent requests: each carries the signature of its gateway or member. */
export function areRequestsAdmitted(replica: Replica, body: Uint8Array): boolean {
  return decodeEntryBody(body).items.every((item) => {
    if (item.kind === "pulse") return true;
    const admitted = admitEmbedded(replica.identity, item.statement);
    if (admitted === null) return false;
    return admitted.header.role === "gateway" || admitted.header.command === "readmission";
  });
}

/** Tells the primary that its entry's time is too far ahead, and votes. */
export function refuseClock(replica: Replica, header: EntryHeader): void {
  const aheadMicros = header.timestampMicros - Math.floor(replica.clockMicros);
  assert(aheadMicros > 0, "the entry is ahead");
  replica.clockRefusedAt ??= replica.now;
  tell(replica, primaryIndex(replica), { command: "rejectClock", op: header.op, aheadMicros });
  expireViewChangeTimer(replica);
}
