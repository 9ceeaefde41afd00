import { expect, it } from "vitest";
import { createWaitingRoom } from "./waiting.ts";

it("a call whose client went while it asked does not wait, and takes nothing", async () => {
  const room = createWaitingRoom({
    hasMessages: () => Promise.resolve(true),
    isFinal: () => false,
    watch: () => () => {},
  });
  let takes = 0;
  const take = () => Promise.resolve(++takes);
  const call = { line: "orders", waitMs: 30_000, signal: AbortSignal.abort(), takeReplay: null };
  expect(await room.wait({ ...call, take })).toBeNull();
  expect(takes).toBe(0);
  expect(room.count()).toBe(0);
});
