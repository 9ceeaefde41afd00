/**
 * Requests that are in the log and not yet executed: rule A4.
 *
 * The client table knows what was executed. A retry of what a StartView brought, and nobody has
 * executed yet, must not be logged a second time: so the primary looks through those entries
 * before it takes requests.
 */
import {
  asOp,
  decodeBody,
  decodeEntryBody,
  decodeStatementHeader,
  type Entry,
  opMax,
  splitPacket,
} from "@quorate/protocol";
import { registrationKey, sessionKey } from "./client-table.ts";
import type { ActingPrimary, Replica } from "./state.ts";

/**
 * Notes what the log at the start of the view holds above what is executed, as far as its bodies
 * are in memory. The others are noted by their execution, which reads them from the disk.
 */
export function noteEarlyRequests(replica: Replica): void {
  const { acting, startHead, log, cache } = replica;
  if (acting === null || startHead === null || !replica.isStateOpen) return;
  acting.notedOp = opMax(acting.notedOp, replica.executed);
  while (acting.notedOp < startHead.op) {
    const entry = cache.get(log.positionAt(asOp(acting.notedOp + 1)));
    if (entry === null) return;
    noteRequestsOf(acting, entry);
    acting.notedOp = entry.header.op;
  }
}

/** Whether a request can be told from one that is in the log already. */
export function isLogNoted(replica: Replica, acting: ActingPrimary): boolean {
  return replica.startHead === null || acting.notedOp >= replica.startHead.op;
}

function noteRequestsOf(acting: ActingPrimary, entry: Entry): void {
  for (const item of decodeEntryBody(entry.body).items) {
    if (item.kind !== "request") continue;
    const header = decodeStatementHeader(item.statement);
    const message = decodeBody(header.command, splitPacket(item.statement, header.bodyBytes).body);
    if (message.command === "register") {
      acting.inFlight.set(registrationKey(header.sender, message.nonce), 0);
    } else if (message.command === "request") {
      const key = sessionKey(message.session);
      acting.inFlight.set(key, Math.max(acting.inFlight.get(key) ?? 0, message.number));
    }
  }
}

/** What was executed is in the client table now; a newer request of the session stays noted. */
export function forgetExecuted(acting: ActingPrimary, key: string, number: number): void {
  if ((acting.inFlight.get(key) ?? 0) <= number) acting.inFlight.delete(key);
}
