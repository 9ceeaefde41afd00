/** What transfers that led to nothing have stored: VRR §5.2. */
import { expect, it } from "vitest";
import { freeBeforeTransfer, type Transferred } from "./free-blocks.ts";
import { Rig } from "./testing/rig.ts";

function isFreed(transferred: Transferred): boolean {
  const replica = new Rig(1).replica(0);
  replica.effects = [];
  replica.transferred = transferred;
  freeBeforeTransfer(replica);
  return replica.effects.some(({ kind }) => kind === "retain-blocks");
}

it("is kept for the next one while it is less than a few whole states, however often they fail", () => {
  expect(isFreed({ blocks: 3_000, leavesMax: 1_000 })).toBe(false);
  expect(isFreed({ blocks: 3_004, leavesMax: 1_000 })).toBe(true);
});
