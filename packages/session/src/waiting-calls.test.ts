import { AssertionError } from "@quorate/prelude";
import { operationsPerRequestMax, requestBytesMax } from "@quorate/protocol";
import { expect, test } from "vitest";
import { answerBytesPerRequestMax, callsWaitingMax, gatheredBytesMin } from "./limits.ts";
import { newCall } from "./new-call.ts";
import { type Call, operationBytesMax, WaitingCalls } from "./waiting-calls.ts";

function call(bytes = 1, answerBytesMax = 1): Call {
  return {
    operation: new Uint8Array(bytes),
    answerBytesMax,
    arrivedMs: 0,
    deadlineMs: 0,
    isWanted: true,
    isGivenUp: false,
    resolve: () => undefined,
    reject: () => undefined,
  };
}

function waitingWith(...calls: Call[]): WaitingCalls {
  const waiting = new WaitingCalls();
  for (const each of calls) waiting.add(each);
  return waiting;
}

test("a batch takes calls in the order of their arrival", () => {
  const calls = [call(), call(), call()];
  expect(waitingWith(...calls).takeBatch().batch).toEqual(calls);
});

test("a batch holds no more operations than a request may", () => {
  const calls = Array.from({ length: operationsPerRequestMax + 1 }, () => call());
  const waiting = waitingWith(...calls);
  expect(waiting.takeBatch().batch).toHaveLength(operationsPerRequestMax);
  expect(waiting.count).toBe(1);
});

test("an operation that fits no request is a mistake of the caller, and never waits", () => {
  const parts = { nowMs: 0, resolve: () => undefined, reject: () => undefined };
  const callOf = (bytes: number) => newCall(new Uint8Array(bytes), { timeoutMs: 1 }, parts);
  expect(callOf(operationBytesMax).operation).toHaveLength(operationBytesMax);
  expect(() => callOf(operationBytesMax + 1)).toThrow(AssertionError);
});

test("operations that are too large together travel apart", () => {
  const waiting = waitingWith(call(requestBytesMax / 2), call(requestBytesMax / 2));
  expect(waiting.takeBatch().batch).toHaveLength(1);
  expect(waiting.takeBatch().batch).toHaveLength(1);
});

test("calls whose answers would not fit one reply travel apart", () => {
  const most = answerBytesPerRequestMax;
  const waiting = waitingWith(call(1, most), call(1, 1));
  expect(waiting.takeBatch().batch).toHaveLength(1);
});

test("one call always fits, however large its answer may be", () => {
  expect(waitingWith(call(1, 10 * answerBytesPerRequestMax)).takeBatch().batch).toHaveLength(1);
});

test("a call whose client has gone is not handed out, and is told of, so that it ends", () => {
  const gone = call();
  const stays = call();
  const waiting = waitingWith(gone, stays);
  gone.isWanted = false;
  expect(waiting.takeBatch()).toEqual({ batch: [stays], gone: [gone] });
  expect(waiting.count).toBe(0);
});

test("when all places are taken the next call is refused", () => {
  const waiting = waitingWith(...Array.from({ length: callsWaitingMax }, () => call()));
  expect(waiting.add(call())).toBe(false);
  waiting.takeBatch();
  expect(waiting.add(call())).toBe(true);
});

test("bytes, answers and numbers each fill a request, until they are handed out", () => {
  const few = (count: number): Call[] => Array.from({ length: count }, () => call());
  expect(waitingWith(...few(operationsPerRequestMax - 1)).fillsRequest).toBe(false);
  expect(waitingWith(...few(operationsPerRequestMax)).fillsRequest).toBe(true);
  expect(waitingWith(call(gatheredBytesMin - 1)).fillsRequest).toBe(false);
  const large = [
    waitingWith(call(gatheredBytesMin)),
    waitingWith(call(1, answerBytesPerRequestMax)),
  ];
  expect(large.map(({ fillsRequest }) => fillsRequest)).toEqual([true, true]);
  large[0]?.takeBatch();
  large[1]?.remove(() => true);
  expect(large.map(({ fillsRequest }) => fillsRequest)).toEqual([false, false]);
});
