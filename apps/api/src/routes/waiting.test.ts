import { expect, it } from "vitest";
import { createWaitingRoom } from "./waiting.ts";

/** A room in whose lines there is always something. */
const roomOf = () =>
  createWaitingRoom({
    hasMessages: () => Promise.resolve(true),
    isFinal: () => false,
    watch: () => () => {},
  });

const call = { line: "orders", waitMs: 30_000, takeReplay: null };

it("a call whose client went while it asked does not wait, and takes nothing", async () => {
  const room = roomOf();
  let takes = 0;
  const take = () => Promise.resolve(++takes);
  expect(await room.wait({ ...call, take, signal: AbortSignal.abort() })).toBeNull();
  expect(takes).toBe(0);
  expect(room.count()).toBe(0);
});

it("what a call has taken when the room closes is handed to it, and not lost", async () => {
  const room = roomOf();
  const { promise: taken, resolve } = Promise.withResolvers<string>();
  const tried = Promise.withResolvers<void>();
  const take = () => {
    tried.resolve();
    return taken;
  };
  const waiting = room.wait({ ...call, take, signal: new AbortController().signal });
  await tried.promise;
  room.close();
  resolve("a message");
  expect(await waiting).toBe("a message");
  expect(room.count()).toBe(0);
});
