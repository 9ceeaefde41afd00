/** From bytes off a link to an input of the core, or to the reason why not. */
import { DecodeError } from "@quorate/prelude";
import type { PeerId } from "@quorate/ports";
import {
  admit,
  type AdmissionContext,
  decodeNote,
  noteMark,
  type RejectReason,
  statementMark,
} from "@quorate/protocol";
import type { Input } from "@quorate/vsr";

export type Received =
  | { readonly ok: true; readonly input: Input }
  | { readonly ok: false; readonly reason: RejectReason };

export function receive(admission: AdmissionContext, from: PeerId, packet: Uint8Array): Received {
  if (packet[0] === statementMark) return receiveStatement(admission, from, packet);
  if (packet[0] === noteMark) return receiveNote(from, packet);
  return { ok: false, reason: "malformed" };
}

/** Rule A5: only the peer's own statements are processed on its link. */
function receiveStatement(admission: AdmissionContext, from: PeerId, packet: Uint8Array): Received {
  const judged = admit(packet, admission);
  if (!judged.ok) return judged;
  const { header } = judged.admitted;
  if (header.role !== from.kind || header.sender !== from.index) {
    return { ok: false, reason: "not-the-peer" };
  }
  return { ok: true, input: { kind: "statement", from, admitted: judged.admitted } };
}

/** Of notes, gateways alone send one: a read. */
function receiveNote(from: PeerId, packet: Uint8Array): Received {
  try {
    const note = decodeNote(packet);
    if (note.note !== "readRequest" || from.kind !== "gateway") {
      return { ok: false, reason: "unknown-sender" };
    }
    return { ok: true, input: { kind: "read", from, request: note } };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, reason: "malformed" };
    throw error;
  }
}
