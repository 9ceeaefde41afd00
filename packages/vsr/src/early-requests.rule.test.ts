import { describe, expect, it } from "vitest";
import type { Rig } from "./testing/rig.ts";
import { electBy, logOf, register, request, startedRig } from "./testing/stories.ts";

/** `x` is in the log of all three, uncommitted; replica 2 is primary of view 2 and waits. */
function uncommittedInNewView(): Rig {
  const rig = startedRig(3);
  rig.network.hold({ command: "prepareOk" });
  request(rig, 1, 1, "x");
  register(rig, 1, "another session");
  rig.settle();
  rig.crash(1);
  electBy(rig, 0, 2);
  expect(rig.replica(2)).toMatchObject({ commit: 1, executed: 1 });
  expect(logOf(rig, 2)).toEqual(["1@1", "2@1", "3@1"]);
  return rig;
}

describe("A4 what a view change brought is not logged a second time", () => {
  it("a request", () => {
    const rig = uncommittedInNewView();
    request(rig, 2, 1, "x");
    expect(rig.ignored(2).at(-1)).toBe("already in the log");
    rig.network.release();
    rig.elapse(6);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    expect(rig.executed(2)).toEqual(["x"]);
    expect(logOf(rig, 2)).toHaveLength(3);
  });

  it("a registration", () => {
    const rig = uncommittedInNewView();
    register(rig, 2, "another session");
    expect(rig.ignored(2).at(-1)).toBe("already in the log");
    rig.network.release();
    rig.elapse(6);
    expect(rig.replica(2).clientTable.size).toBe(2);
    expect(logOf(rig, 2)).toHaveLength(3);
  });

  it("while another request, or the next one of the session, is taken", () => {
    const rig = uncommittedInNewView();
    request(rig, 2, 2, "y");
    register(rig, 2, "a third session");
    rig.network.release();
    rig.elapse(6);
    expect(rig.executed(2)).toEqual(["x", "y"]);
    expect(rig.replica(2).clientTable.size).toBe(3);
  });
});

describe("A4 a request that is executed leaves a newer one of its session noted", () => {
  it("so that a retry of the newer one is not logged again", () => {
    const rig = startedRig(3);
    rig.cut(2, 1);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.network.hold({ from: 0, command: "prepareOk" });
    request(rig, 1, 2, "y");
    rig.settle();
    rig.crash(1);
    rig.network.hold({ command: "prepareOk" });
    electBy(rig, 0, 2);
    expect(rig.replica(2)).toMatchObject({ commit: 2, executed: 2 });
    request(rig, 2, 2, "y");
    expect(rig.ignored(2).at(-1)).toBe("already in the log");
    expect(logOf(rig, 2)).toHaveLength(3);
  });
});

describe("A4 a primary that has not read its log takes no request", () => {
  it("until execution has brought the bodies from the disk", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "prepareOk" });
    request(rig, 1, 1, "x");
    rig.settle();
    rig.crash(1);
    for (const index of [0, 2]) {
      rig.crash(index);
      rig.restart(index);
      rig.disk(index).hold("read");
    }
    electBy(rig, 0, 2);
    expect(rig.replica(2)).toMatchObject({ executed: 0 });
    rig.ask(2, rig.gateway.register("another session"));
    expect(rig.ignored(2).at(-1)).toBe("log not read yet");
    rig.disk(2).release();
    rig.network.release();
    rig.elapse(6);
    expect(rig.executed(2)).toEqual(["x"]);
    request(rig, 2, 1, "x");
    rig.elapse(6);
    expect(logOf(rig, 2)).toHaveLength(2);
    expect(rig.gateway.outcomes.at(-1)).toBe("x@1");
  });
});
