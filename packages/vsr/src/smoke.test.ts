import { expect, test } from "vitest";
import { startedRig, request, logOf, electBy } from "./testing/stories.ts";
test("smoke", () => {
  const rig = startedRig(3);
  request(rig, 1, 1, "a");
  rig.settle();
  expect(rig.gateway.outcomes).toEqual(["a@1"]);
  expect(logOf(rig, 0)).toEqual(["1@1", "2@1"]);
  rig.crash(1);
  electBy(rig, 0, 2);
  expect(rig.replica(2).acting).not.toBeNull();
  rig.restart(1);
  rig.elapse(20);
  expect(rig.replica(1).view).toBe(2);
  expect(rig.executed(1)).toEqual(["a"]);
});
