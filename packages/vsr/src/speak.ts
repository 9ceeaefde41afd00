/** How a replica says things: signed once, handed to as many peers as need it. */
import { bytesConcat } from "@quorate/prelude";
import {
  type Admitted,
  type CertificateSignature,
  encodeNote,
  type Message,
  type Note,
  signMessage,
  splitPacket,
  type View,
} from "@quorate/protocol";
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

/** The signature of a statement that this replica made itself, as a certificate holds it. */
export function ownSignature(replica: Replica, statement: Uint8Array): CertificateSignature {
  const { sender, keyId, incarnation } = replica.identity.signer;
  return { sender, keyId, incarnation, signature: splitPacket(statement, 0).signature };
}

/** The signature of a peer's statement, as a certificate holds it. */
export function signatureOf({ header, statement }: Admitted): CertificateSignature {
  const { sender, keyId, incarnation, bodyBytes } = header;
  const { signature } = splitPacket(statement, bodyBytes);
  return { sender, keyId: keyId.slice(), incarnation, signature: signature.slice() };
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
