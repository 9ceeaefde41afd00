/**
 * Recovery of an uncertain head: VRR §4.3 with a nonce, rule S5.
 *
 * Something unreadable stood at or above the known head, and it may have been acknowledged. Until
 * the acting primary's whole log, or the log of a newer view, is installed, the replica sends no
 * vote, no PrepareOk and no DoViewChange.
 */
import { bytesEqual } from "@quorate/prelude";
import type { Admitted, MessageOf } from "@quorate/protocol";
import { beginFetch } from "./repair.ts";
import { broadcast, sendPacket, statementOf, tell } from "./speak.ts";
import { ignore, primaryIndex, type Replica } from "./state.ts";
import { isRepeatDue } from "./timeout.ts";

export function askForRecovery(replica: Replica): void {
  if (!replica.isHeadUncertain || replica.isDiskLost) return;
  if (replica.status !== "recovering" || replica.fetch !== null || !isRepeatDue(replica)) return;
  const nonce = replica.identity.bootNonce;
  broadcast(replica, statementOf(replica, { command: "recovery", nonce }));
}

/** Only the acting primary of the asker's view may answer, and only to its nonce. */
export function onRecovery(
  replica: Replica,
  { header }: Admitted,
  { nonce }: MessageOf<"recovery">,
): void {
  const { acting } = replica;
  if (acting === null || header.view !== replica.view) {
    return ignore(replica, "recovery", "not the acting primary");
  }
  sendPacket(replica, { kind: "replica", index: header.sender }, acting.startView);
  tell(replica, header.sender, {
    command: "recoveryResponse",
    nonce,
    head: replica.log.head,
    commit: replica.commit,
  });
}

export function onRecoveryResponse(
  replica: Replica,
  { header }: Admitted,
  message: MessageOf<"recoveryResponse">,
): void {
  const isAsked =
    replica.status === "recovering" &&
    !replica.isDiskLost &&
    header.view === replica.view &&
    header.sender === primaryIndex(replica) &&
    bytesEqual(message.nonce, replica.identity.bootNonce);
  if (!isAsked || replica.fetch !== null)
    return ignore(replica, "recoveryResponse", "not asked for");
  const { head, commit } = message;
  if (commit > head.op) return ignore(replica, "recoveryResponse", "beyond the log");
  const order = { purpose: "recover", top: head, commit, doViewChanges: [] } as const;
  beginFetch(replica, { ...order, known: new Map(), peer: header.sender });
}
