import { asEpoch, asOp, asRequestNumber, asView, type Message } from "@quorate/protocol";
import { expect, test } from "vitest";
import { VsrSession } from "./vsr-session.ts";
import type { Call } from "./waiting-calls.ts";

const id = { op: asOp(7), index: 0 };

function rig() {
  const sent: { member: number; packet: Uint8Array }[] = [];
  const signed: Message[] = [];
  const state = { nowMs: 0, isLinked: true, nonces: 0 };
  const session = new VsrSession({
    sign: (message) => {
      signed.push(message);
      return Uint8Array.of(signed.length);
    },
    send: (member, packet) => {
      if (state.isLinked) sent.push({ member, packet });
      return state.isLinked;
    },
    randomBytes: (length) => new Uint8Array(length).fill(++state.nonces),
    nowMs: () => state.nowMs,
  });
  const register = (): void => {
    session.repeat(0, 500);
    const message = signed.at(-1);
    if (message?.command !== "register") throw new Error("a session registers first");
    session.onRegistered({ note: "registered", nonce: message.nonce, session: id });
  };
  return { session, sent, signed, state, register };
}

function call(): Call {
  return {
    operation: Uint8Array.of(1),
    answerBytesMax: 1,
    arrivedMs: 0,
    deadlineMs: 1_000,
    isWanted: true,
    isGivenUp: false,
    resolve: () => undefined,
    reject: () => undefined,
  };
}

const reply = (number: number) => ({
  note: "reply" as const,
  session: id,
  number: asRequestNumber(number),
  epoch: asEpoch(0),
  view: asView(1),
  op: asOp(9),
  results: [],
});

test("a session registers before it takes calls, and repeats that with one nonce", () => {
  const { session, signed, state } = rig();
  expect(session.isIdle).toBe(false);
  session.repeat(0, 500);
  state.nowMs = 600;
  session.repeat(0, 500);
  expect(signed.map((message) => message.command)).toEqual(["register", "register"]);
  expect(signed[0]).toEqual(signed[1]);
});

test("a registration that answers another nonce is not taken", () => {
  const { session } = rig();
  session.repeat(0, 500);
  const taken = session.onRegistered({
    note: "registered",
    nonce: new Uint8Array(16),
    session: id,
  });
  expect(taken).toBe(false);
  expect(session.isIdle).toBe(false);
});

test("a request without an answer is repeated byte for byte, at once to another primary", () => {
  const { session, sent, state, register } = rig();
  register();
  session.request([call()], 0);
  session.repeat(0, 500);
  expect(sent.filter(({ packet }) => packet[0] === 2)).toHaveLength(1);
  session.repeat(1, 500);
  state.nowMs = 501;
  session.repeat(1, 500);
  const requests = sent.filter(({ packet }) => packet[0] === 2);
  expect(requests.map(({ member }) => member)).toEqual([0, 1, 1]);
});

test("a reply to an older number is not this request's", () => {
  const { session, register } = rig();
  register();
  session.request([call()], 0);
  expect(session.onReply(reply(1))).toHaveLength(1);
  session.request([call()], 0);
  expect(session.onReply(reply(1))).toBeNull();
  expect(session.onReply(reply(2))).toHaveLength(1);
});

test("an overloaded primary ends a request that nobody else was given, and frees its number", () => {
  const { session, signed, register } = rig();
  register();
  session.request([call()], 0);
  const note = { note: "overloaded" as const, session: id, number: asRequestNumber(1) };
  expect(session.onOverloaded(note)).toHaveLength(1);
  session.request([call()], 0);
  expect(signed.at(-1)).toMatchObject({ command: "request", number: 1 });
});

test("an overloaded primary says nothing about a request that another was given too", () => {
  const { session, register } = rig();
  register();
  session.request([call()], 0);
  session.repeat(1, 500);
  const note = { note: "overloaded" as const, session: id, number: asRequestNumber(1) };
  expect(session.onOverloaded(note)).toEqual([]);
  expect(session.calls).toHaveLength(1);
});

test("an evicted session gives its calls back and registers under a new nonce", () => {
  const { session, signed, register } = rig();
  register();
  session.request([call()], 0);
  expect(session.onEvicted({ note: "evicted", session: id })).toHaveLength(1);
  expect(session.isIdle).toBe(false);
  session.repeat(0, 500);
  const nonces = signed.flatMap((each) => (each.command === "register" ? [each.nonce] : []));
  expect(nonces[0]).not.toEqual(nonces[1]);
});

test("a request that found no link counts as not handed out", () => {
  const { session, state, register } = rig();
  register();
  state.isLinked = false;
  session.request([call()], 0);
  state.isLinked = true;
  session.repeat(1, 500);
  const note = { note: "overloaded" as const, session: id, number: asRequestNumber(1) };
  expect(session.onOverloaded(note)).toHaveLength(1);
});

test("a session knows since when its request has been in flight, however often it was sent", () => {
  const { session, state, register } = rig();
  register();
  expect(session.busySinceMs).toBeNull();
  state.nowMs = 10;
  session.request([call()], 0);
  state.nowMs = 900;
  session.repeat(0, 500);
  expect(session.busySinceMs).toBe(10);
  session.onReply(reply(1));
  expect(session.busySinceMs).toBeNull();
});

test("calls that have no answer in time are given up once, however often one looks", () => {
  const { session, register } = rig();
  register();
  const patient = { ...call(), deadlineMs: 5_000 };
  const calls = [call(), patient];
  session.request(calls, 0);
  expect(session.giveUp(999)).toEqual([]);
  expect(session.giveUp(1_000)).toEqual(calls.slice(0, 1));
  expect(session.giveUp(1_020)).toEqual([]);
  expect(session.giveUp(5_000)).toEqual([patient]);
  expect(session.onReply(reply(1))).toEqual(calls);
});
