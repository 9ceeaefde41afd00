/** A StartView that does not say what its own DoViewChanges lead to. */
import { bytesEqual, type Sha256 } from "@quorate/prelude";
import {
  asOp,
  decodeBody,
  decodeStatementHeader,
  type EntryHeader,
  hashEntryHeader,
  type MessageOf,
  splitPacket,
  statementMark,
  type View,
} from "@quorate/protocol";

/** The StartView in a packet, with its view; null when the packet is something else. */
export function startViewIn(
  packet: Uint8Array,
): { readonly view: View; readonly message: MessageOf<"startView"> } | null {
  if (packet[0] !== statementMark) return null;
  const { command, view, bodyBytes } = decodeStatementHeader(packet);
  if (command !== "startView") return null;
  const message = decodeBody(command, splitPacket(packet, bodyBytes).body);
  return message.command === "startView" ? { view, message } : null;
}

/** The same without its newest entry; where nobody shows that one, with all of it committed. */
export function falseStart(
  message: MessageOf<"startView">,
  sha256: Sha256,
): MessageOf<"startView"> {
  const { head, doViewChanges } = message;
  const isHead = (header: EntryHeader): boolean =>
    header.op === head.op && bytesEqual(hashEntryHeader(header, sha256), head.hash);
  const newest = doViewChanges.flatMap(headersIn).find(isHead);
  if (newest === undefined) return { ...message, commit: head.op };
  const op = asOp(head.op - 1);
  const commit = asOp(Math.min(message.commit, op));
  return { ...message, head: { op, hash: newest.parent }, commit };
}

function headersIn(statement: Uint8Array): EntryHeader[] {
  const { command, bodyBytes } = decodeStatementHeader(statement);
  const message = decodeBody(command, splitPacket(statement, bodyBytes).body);
  if (message.command !== "doViewChange") return [];
  return message.headers.map(({ header }) => header);
}
