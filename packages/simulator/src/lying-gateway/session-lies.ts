/** Lies about sessions and request numbers: rule A4. */
import { encodeBody } from "@quorate/protocol";
import {
  type Craft,
  goodOnes,
  type Letter,
  letter,
  membersOf,
  refusable,
  requestIn,
  requestOf,
} from "./craft.ts";

const nonceBytes = 16;
const operationsMax = 4;
/** Registrations and requests of one storm or flood: the most are more than may wait. */
const stormSizes = [1, 3, 8, 40, 120] as const;
const floodSizes = [8, 40, 600] as const;
/** Where a request's body has its number. */
const numberOffset = 12;
const numberBytes = 8;

/** Nothing wrong with it: what follows in the same session builds on it. */
export function work(craft: Craft): readonly Letter[] {
  const session = craft.sessions.pick(craft.prng);
  if (session === null) return storm(craft);
  const operations = goodOnes(craft, operationsMax);
  return [letter(craft, requestIn(craft, session, session.number + 1, operations))];
}

/** One number, and to each member other operations under it; one alone is told both. */
export function fork(craft: Craft): readonly Letter[] {
  const session = craft.sessions.pick(craft.prng);
  if (session === null) return storm(craft);
  const next = session.number + 1;
  const request = (): Uint8Array => requestIn(craft, session, next, goodOnes(craft, 2));
  const [one, other] = [request(), request()];
  const [first = 0, ...rest] = craft.prng.shuffle(membersOf(craft));
  return [
    { packet: one, to: [first] },
    { packet: other, to: rest.length === 0 ? [first] : rest },
  ];
}

/** Numbers that jump, go back, were used, or are at the ends of their range. */
export function oddNumber(craft: Craft): readonly Letter[] {
  const { prng } = craft;
  const session = craft.sessions.pick(prng);
  if (session === null) return storm(craft);
  const last = session.number;
  const numbers = [0, 1, last, last - 1, last + 2, last + 1_000, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const drawn = Math.max(0, prng.pick(numbers));
  // The highest ends a session: others go on.
  if (drawn === Number.MAX_SAFE_INTEGER && prng.chance(0.7)) return [tooHigh(craft)];
  return [letter(craft, requestIn(craft, session, drawn, goodOnes(craft, 2)))];
}

/** A number that no safe integer holds. */
function tooHigh(craft: Craft): Letter {
  const { prng, sessions, account, pen } = craft;
  const operations = goodOnes(craft, 2);
  account.onRefusable(operations);
  const id = sessions.pick(prng)?.id;
  const body =
    id === undefined
      ? prng.bytes(numberOffset + numberBytes)
      : encodeBody(requestOf(id, 1, operations));
  const edge = prng.pick([0xff, 0x20]);
  body.fill(edge, numberOffset, numberOffset + numberBytes);
  return letter(craft, pen.statementWith("request", body));
}

/** What it said once, said again. */
export function replay(craft: Craft): readonly Letter[] {
  const { prng, sent } = craft;
  return sent.length === 0 ? storm(craft) : [letter(craft, prng.pick(sent))];
}

/** Many sessions at once: in the end more than a client table holds. */
export function storm(craft: Craft): readonly Letter[] {
  const { prng, pen, sessions } = craft;
  return Array.from({ length: prng.pick(stormSizes) }, () => {
    const nonce = prng.bytes(nonceBytes);
    sessions.expect(nonce);
    return letter(craft, pen.statement({ command: "register", nonce }));
  });
}

/** More requests at once than one gateway may have waiting. */
export function flood(craft: Craft): readonly Letter[] {
  const { prng, operations } = craft;
  return Array.from({ length: prng.pick(floodSizes) }, () => {
    const session = craft.sessions.pick(prng);
    if (session === null) return storm(craft);
    const operation = prng.chance(0.5) ? operations.good(prng) : operations.odd(prng);
    return [letter(craft, requestIn(craft, session, session.number + 1, [operation]))];
  }).flat();
}

/** A request of its own, in the session of another gateway. */
export function foreignSession(craft: Craft): readonly Letter[] {
  const { prng, overheard } = craft;
  const heard = overheard.pickRequest(prng);
  if (heard === null) return work(craft);
  const { session, number: last } = heard;
  const next = last + prng.pick([0, 1, 2, 1_000_000]);
  const message = requestOf(session, next, goodOnes(craft, 2));
  return [letter(craft, refusable(craft, message, {}))];
}

/** The registration of another gateway, word for word but under its own name. */
export function foreignNonce(craft: Craft): readonly Letter[] {
  const { prng, overheard, pen, sessions } = craft;
  const nonce = overheard.pickNonce(prng);
  if (nonce === null) return storm(craft);
  sessions.expect(nonce);
  return [{ packet: pen.statement({ command: "register", nonce }), to: membersOf(craft) }];
}

/** A good request in the name of another gateway, under the own key. */
export function forged(craft: Craft): readonly Letter[] {
  const { prng, overheard } = craft;
  const heard = overheard.pickRequest(prng);
  if (heard === null) return work(craft);
  const { sender, keyId, session, number: last } = heard;
  const changes = prng.chance(0.5) ? { sender, keyId } : { sender };
  const message = requestOf(session, last + 1, goodOnes(craft, 2));
  return [letter(craft, refusable(craft, message, changes))];
}

/** What another gateway sent, as if it were its own. */
export function foreignFrame(craft: Craft): readonly Letter[] {
  const packet = craft.overheard.pick(craft.prng);
  return packet === null ? work(craft) : [letter(craft, packet)];
}
