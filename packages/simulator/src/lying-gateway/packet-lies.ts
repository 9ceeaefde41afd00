/** Lies of bytes: headers, bodies, sizes, notes. */
import { bytesConcat, type Prng } from "@quorate/prelude";
import {
  asEpoch,
  asOp,
  asView,
  encodeBody,
  encodeNote,
  frameBytesMax,
  type Message,
  noteMark,
  operationsPerRequestMax,
  questionBytesMax,
  requestBodyBytesMax,
  requestBytesMax,
  statementMark,
} from "@quorate/protocol";
import { encodeQuestion } from "@quorate/queue";
import { ordersQueue } from "../workload/order-messages.ts";
import {
  type Craft,
  goodOnes,
  type Letter,
  letter,
  refusable,
  requestIn,
  requestOf,
} from "./craft.ts";
import type { HeaderChanges } from "./pen.ts";
import { work } from "./session-lies.ts";

/** Of a request's body with one operation: session, number, count and length. */
const fieldsBytes = 28;
/** Where a request's body has the count of its operations. */
const countOffset = 20;
const digestBytes = 32;
const keyIdBytes = 8;
const readsPerLieMax = 40;
const noiseBytesMax = 300;

/** A request whose signature is good, and whose header is about something else. */
export function context(craft: Craft): readonly Letter[] {
  const { prng, sessions, pen } = craft;
  const session = sessions.pick(prng);
  if (session === null) return work(craft);
  const message = requestOf(session.id, session.number + 1, goodOnes(craft, 2));
  const bodyBytes = encodeBody(message).length;
  const changes = prng.pick<HeaderChanges>([
    { clusterId: prng.bytes(digestBytes) },
    { epoch: asEpoch(prng.pick([1, Number.MAX_SAFE_INTEGER])) },
    { configDigest: prng.bytes(digestBytes) },
    { role: "replica", sender: prng.below(pen.parts.config.members.length) },
    { sender: prng.pick([pen.parts.index + 1, 0xffff]) },
    { keyId: prng.bytes(keyIdBytes) },
    { bodyDigest: prng.bytes(digestBytes) },
    { bodyBytes: bodyBytes - prng.between(1, fieldsBytes) },
    { bodyBytes: bodyBytes + prng.pick([1, 0xffff_0000]) },
  ]);
  return [letter(craft, refusable(craft, message, changes))];
}

/** What only members say, signed by a gateway: as a gateway, or as the member of its number. */
export function asMember(craft: Craft): readonly Letter[] {
  const { prng, pen } = craft;
  const op = asOp(craft.executed + prng.between(1, 8));
  const head = { op, hash: prng.bytes(digestBytes) };
  const message = prng.pick<Message>([
    { command: "startViewChange" },
    { command: "stepDown" },
    { command: "prepareOk", op, headerHash: prng.bytes(digestBytes) },
    { command: "commit", commit: op, certificate: null, head, nonce: prng.below(100) },
    { command: "commitOk", nonce: prng.below(100), stored: op, clockMicros: 0, isBarred: true },
    { command: "rejectClock", op, aheadMicros: 1_000_000 },
    { command: "getState", nonce: 1, top: head, bottom: asOp(0) },
    { command: "recovery", nonce: prng.bytes(16) },
    { command: "readmission", nonce: prng.bytes(16) },
    { command: "doViewChange", lastNormalView: asView(1), head, commit: op, headers: [] },
  ]);
  const member = prng.below(pen.parts.config.members.length);
  const changes = prng.pick<HeaderChanges>([{}, { sender: member }, { role: "replica" }]);
  const view = asView(craft.view + prng.below(2));
  return [letter(craft, pen.statement(message, { view, ...changes }))];
}

/** Operations that no replica can decode, in a request that is good. */
export function oddOperations(craft: Craft): readonly Letter[] {
  const { prng, sessions, operations } = craft;
  const session = sessions.pick(prng);
  if (session === null) return work(craft);
  const odd = Array.from({ length: prng.between(1, 4) }, () => operations.odd(prng));
  return [letter(craft, requestIn(craft, session, session.number + 1, odd))];
}

/** Bodies that are none, with good signatures; and those that are just long enough. */
export function oddBody(craft: Craft): readonly Letter[] {
  const { prng, sessions, pen, operations } = craft;
  const session = sessions.pick(prng);
  if (session === null) return [letter(craft, pen.statementWith("register", prng.bytes(15)))];
  const next = session.number + 1;
  const good = goodOnes(craft, 2);
  const body = encodeBody(requestOf(session.id, next, good));
  const many = (count: number): Uint8Array[] =>
    Array.from({ length: count }, () => operations.odd(prng));
  switch (prng.below(8)) {
    case 0:
      return [letter(craft, requestIn(craft, session, next, []))];
    case 1:
      return [letter(craft, requestIn(craft, session, next, many(operationsPerRequestMax)))];
    case 2: {
      const tooMany = requestOf(session.id, next, many(operationsPerRequestMax + 1));
      return [letter(craft, refusable(craft, tooMany, {}))];
    }
    case 3:
      return [letter(craft, pen.statementWith("register", prng.bytes(prng.pick([0, 15, 17]))))];
  }
  craft.account.onRefusable(good);
  const changed = prng.pick([
    () => body.fill(0xff, countOffset, countOffset + 4),
    () => body.fill(0xff, countOffset + 4, countOffset + 8),
    () => body.subarray(0, prng.below(body.length)),
    () => bytesConcat(body, prng.bytes(1)),
  ])();
  return [letter(craft, pen.statementWith("request", changed))];
}

/** Requests and frames just below, at and above what may be. */
export function size(craft: Craft): readonly Letter[] {
  const { prng, sessions, operations, pen } = craft;
  const session = sessions.pick(prng);
  if (session === null) return work(craft);
  const drawn = prng.pick([
    requestBodyBytesMax - 1,
    requestBodyBytesMax,
    requestBodyBytesMax + 1,
    requestBytesMax - 1,
    requestBytesMax,
    frameBytesMax,
  ]);
  const next = session.number + 1;
  if (drawn === frameBytesMax) {
    const frame = new Uint8Array(frameBytesMax + prng.below(2));
    frame.set(pen.statement(requestOf(session.id, next, [])));
    return [letter(craft, frame)];
  }
  const operation = operations.oddOf(drawn - fieldsBytes);
  if (drawn <= requestBodyBytesMax) {
    return [letter(craft, requestIn(craft, session, next, [operation]))];
  }
  return [letter(craft, refusable(craft, requestOf(session.id, next, [operation]), {}))];
}

/** Reads under odd ids, of odd questions, of whoever may not answer, again and again. */
export function read(craft: Craft): readonly Letter[] {
  const { prng } = craft;
  const ids = [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER, prng.next()];
  const readId = prng.pick(ids);
  const count = prng.chance(0.3) ? prng.between(2, readsPerLieMax) : 1;
  return Array.from({ length: count }, () => {
    const consistency = prng.pick(["linearizable", "stale"] as const);
    const question = oddQuestion(prng);
    const packet = encodeNote({ note: "readRequest", readId, consistency, question });
    // An id that no safe integer holds.
    if (prng.chance(0.1)) packet.fill(0xff, 2, 10);
    return letter(craft, packet);
  });
}

function oddQuestion(prng: Prng): Uint8Array {
  const good = encodeQuestion({ type: "get-queue", queue: ordersQueue });
  return prng.pick([
    () => good,
    () => encodeQuestion({ type: "list-queues", prefix: "", after: "", limit: 50 }),
    () => good.subarray(0, prng.below(good.length)),
    () => bytesConcat(good, prng.bytes(4)),
    () => prng.bytes(prng.below(noiseBytesMax)),
    () => new Uint8Array(questionBytesMax + prng.below(2)),
  ])();
}

/** Bytes that are nothing, and notes that only members write. */
export function noise(craft: Craft): readonly Letter[] {
  const { prng, sent, overheard } = craft;
  const packet = prng.pick([
    () => prng.bytes(prng.below(noiseBytesMax)),
    () => bytesConcat(Uint8Array.of(statementMark), prng.bytes(prng.below(noiseBytesMax))),
    () => bytesConcat(Uint8Array.of(noteMark, prng.below(12)), prng.bytes(prng.below(40))),
    () => memberNote(prng),
    () => flipped(sent.at(-1) ?? new Uint8Array(1), prng),
    () => flipped(overheard.pick(prng) ?? new Uint8Array(1), prng),
  ])();
  return [letter(craft, packet)];
}

function memberNote(prng: Prng): Uint8Array {
  const session = { op: asOp(prng.below(100)), index: 0 };
  return prng.pick([
    () => encodeNote({ note: "evicted", session }),
    () => encodeNote({ note: "notPrimary", view: asView(prng.below(100)) }),
    () => encodeNote({ note: "ready", queues: [ordersQueue] }),
    () => encodeNote({ note: "registered", nonce: prng.bytes(16), session }),
  ])();
}

function flipped(packet: Uint8Array, prng: Prng): Uint8Array {
  const copy = packet.slice();
  const at = prng.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << prng.below(8));
  return copy;
}
