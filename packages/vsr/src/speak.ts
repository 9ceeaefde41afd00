/** How a replica says things: signed once, handed to as many peers as need it. */
import { bytesConcat } from "@quorate/prelude";
import { encodeNote, type Message, type Note, signMessage, type View } from "@quorate/protocol";
import type { Peer } from "./input.ts";
import { otherMembers, type Replica } from "./state.ts";

/** Signs a message in this replica's epoch and the given view. */
export function statementOf(
  replica: Replica,
  message: Message,
  view: View = replica.view,
): Uint8Array {
  const { config, configDigest, sha256 } = replica.identity.admission;
  const place = { clusterId: config.clusterId, epoch: config.epoch, configDigest, view };
  return signMessage(message, place, replica.identity.signer, sha256);
}

export function sendPacket(replica: Replica, to: Peer, packet: Uint8Array): void {
  replica.effects.push({ kind: "send", to, packet });
}

/** Signs and sends to one member. */
export function tell(
  replica: Replica,
  index: number,
  message: Message,
  attachment: Uint8Array | null = null,
): void {
  const statement = statementOf(replica, message);
  const packet = attachment === null ? statement : bytesConcat(statement, attachment);
  sendPacket(replica, { kind: "replica", index }, packet);
}

/** Sends the same bytes to every other member. */
export function broadcast(replica: Replica, packet: Uint8Array): void {
  for (const index of otherMembers(replica)) {
    sendPacket(replica, { kind: "replica", index }, packet);
  }
}

export function tellNote(replica: Replica, to: Peer, note: Note): void {
  sendPacket(replica, to, encodeNote(note));
}
