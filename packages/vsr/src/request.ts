/** Requests at the primary: VRR §4.1 step 2, with the checks of rule A4. */
import { type Admitted, encodeNote, type MessageOf } from "@quorate/protocol";
import { isLastRequest, registrationKey, sessionKey } from "./client-table.ts";
import { isLogNoted } from "./early-requests.ts";
import type { IgnoreReason } from "./effect.ts";
import { replyAgain, tellEvicted, tellRegistered } from "./execute.ts";
import { isShareUsedUp } from "./share.ts";
import { sendPacket, tellNote } from "./speak.ts";
import { type ActingPrimary, ignore, type Replica } from "./state.ts";

/** A gateway registers a session. Idempotent by its nonce. */
export function onRegister(
  replica: Replica,
  { header, statement }: Admitted,
  message: MessageOf<"register">,
): void {
  const acting = takeCharge(replica, header.sender, "register");
  if (acting === null) return;
  const known = replica.clientTable.findByNonce(header.sender, message.nonce);
  if (known !== null) return tellRegistered(replica, known);
  if (!isLogNoted(replica, acting)) return ignore(replica, "register", "log not read yet");
  const key = registrationKey(header.sender, message.nonce);
  if (acting.inFlight.has(key)) return ignore(replica, "register", "already in the log");
  if (hasNoRoomFor(replica, acting, header.sender, statement)) {
    return ignore(replica, "register", "too many waiting");
  }
  acting.inFlight.set(key, 0);
  wait(acting, header.sender, statement, 0);
}

export function onRequest(
  replica: Replica,
  { header, statement }: Admitted,
  message: MessageOf<"request">,
): void {
  const acting = takeCharge(replica, header.sender, "request");
  if (acting === null) return;
  const session = replica.clientTable.find(message.session);
  if (session === null) {
    // The session may have been registered by an entry that this replica has yet to execute.
    if (replica.executed < replica.commit || !acting.isStartCommitted) {
      return ignore(replica, "request", "session evicted");
    }
    tellEvicted(replica, header.sender, message);
    return ignore(replica, "request", "session evicted");
  }
  if (session.gateway !== header.sender) {
    return ignore(replica, "request", "session of another gateway");
  }
  if (isLastRequest(session, message.number, header.bodyDigest)) {
    replyAgain(replica, session);
    return ignore(replica, "request", "already executed");
  }
  if (message.number <= session.number) {
    return ignore(replica, "request", reasonAgainstOldNumber(message.number, session.number));
  }
  if (!isLogNoted(replica, acting)) return ignore(replica, "request", "log not read yet");
  const key = sessionKey(message.session);
  if ((acting.inFlight.get(key) ?? 0) >= message.number) {
    return ignore(replica, "request", "already in the log");
  }
  if (hasNoRoomFor(replica, acting, header.sender, statement)) {
    return refuse(replica, header.sender, message);
  }
  acting.inFlight.set(key, message.number);
  wait(acting, header.sender, statement, message.operations.length);
}

function reasonAgainstOldNumber(number: number, last: number): IgnoreReason {
  return number === last ? "request number used for another request" : "already executed";
}

/** Only the acting primary takes requests; the others say so, so that the gateway looks on. */
function takeCharge(
  replica: Replica,
  gateway: number,
  command: "register" | "request",
): ActingPrimary | null {
  if (replica.acting !== null) return replica.acting;
  const to = { kind: "gateway", index: gateway } as const;
  sendPacket(replica, to, encodeNote({ note: "notPrimary", view: replica.view }));
  ignore(replica, command, "not the acting primary");
  return null;
}

/** Whether no more may wait for its Prepare. */
export function isFull(replica: Replica, acting: ActingPrimary, statement: Uint8Array): boolean {
  const { requestsWaitingMax, requestBytesWaitingMax } = replica.identity.options;
  if (acting.waiting.length >= requestsWaitingMax) return true;
  return acting.bytesWaiting + statement.length > requestBytesWaitingMax;
}

/** The same for one gateway: it may not fill what all of them share. */
function hasNoRoomFor(
  replica: Replica,
  acting: ActingPrimary,
  gateway: number,
  statement: Uint8Array,
): boolean {
  if (isFull(replica, acting, statement)) return true;
  const { requestsWaitingMax, requestBytesWaitingMax } = replica.identity.options;
  const own = acting.waiting.filter((each) => each.gateway === gateway);
  // A single request has its place however large it is.
  if (own.length === 0) return false;
  const ownBytes = own.reduce((sum, { bytes }) => sum + bytes, statement.length);
  return (
    isShareUsedUp(own.length, acting.waiting.length, requestsWaitingMax) ||
    isShareUsedUp(ownBytes, acting.bytesWaiting, requestBytesWaitingMax)
  );
}

/** Overload is answered at once and honestly: the request will not be executed. */
function refuse(replica: Replica, gateway: number, message: MessageOf<"request">): void {
  const { session, number } = message;
  const to = { kind: "gateway", index: gateway } as const;
  tellNote(replica, to, { note: "overloaded", session, number });
  ignore(replica, "request", "too many waiting");
}

function wait(
  acting: ActingPrimary,
  gateway: number,
  statement: Uint8Array,
  operations: number,
): void {
  const item = { kind: "request", statement } as const;
  acting.waiting.push({ item, bytes: statement.length, operations, gateway });
  acting.bytesWaiting += statement.length;
}
