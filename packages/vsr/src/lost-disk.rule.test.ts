import { present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { lostSuperblock, NoQuorumOfOthersError } from "./lost-disk.ts";
import { messageIn } from "./testing/in-flight.ts";
import { expectWhole, loseDisk, lossMs, newLife, rigWithX } from "./testing/loss-stories.ts";
import { Rig } from "./testing/rig.ts";
import { request, startedRig } from "./testing/stories.ts";

describe("S11 a member whose disk is lost comes back", () => {
  it.each([0, 1, 2])("as member %i of three, and the service goes on", (lost) => {
    const rig = rigWithX(3);
    loseDisk(rig, lost);
    expect(rig.replica(lost)).toMatchObject({ status: "recovering", isDiskLost: true });
    rig.elapse(400);
    expectWhole(rig, 3, ["x"]);
    expect(rig.replica(lost).barredView).toBeGreaterThanOrEqual(3);
    for (const index of [0, 1, 2]) expect(rig.replica(index).incarnations.of(lost)).toBe(newLife);
    const primary = rig.replica(0).view % 3;
    request(rig, primary, 2, "y");
    rig.settle();
    rig.elapse(6);
    expect(rig.gateway.outcomes.at(-1)).toBe("y@2");
    expectWhole(rig, 3, ["x", "y"]);
  });

  it("as two of five at once", () => {
    const rig = rigWithX(5);
    loseDisk(rig, 0);
    loseDisk(rig, 1);
    rig.elapse(600);
    expectWhole(rig, 5, ["x"]);
  });

  it("as one after the other", () => {
    const rig = rigWithX(3);
    for (const [index, lost] of [0, 1, 2, 0].entries()) {
      loseDisk(rig, lost, lossMs + index * 1_000);
      rig.elapse(400);
      expectWhole(rig, 3, ["x"]);
    }
  });

  it("and counts again for a quorum: the last of the others may fail then", () => {
    const rig = rigWithX(3);
    loseDisk(rig, 0);
    rig.elapse(100);
    rig.crash(1);
    rig.elapse(300);
    const primary = present([0, 2].find((index) => rig.replica(index).acting !== null));
    request(rig, primary, 2, "y");
    rig.settle();
    expect(rig.gateway.outcomes.at(-1)).toBe("y@2");
  });
});

describe("S11 a lost disk promises nothing", () => {
  it("while nobody readmits it, whatever it is told", () => {
    const rig = rigWithX(3);
    const startView = present(rig.network.sent({ to: 0, command: "startView" })[0]);
    rig.crash(2);
    loseDisk(rig, 0);
    rig.inject(0, 1, startView.bytes);
    expect(rig.ignored(0).at(-1)).toBe("disk lost");
    rig.elapse(300);
    expect(rig.replica(0)).toMatchObject({ status: "recovering", isDiskLost: true, view: 0 });
    expect(rig.replica(1).acting).toBeNull();
  });

  it("also after a restart in the middle of its fetch, and asks with another nonce", () => {
    const rig = rigWithX(3);
    rig.network.hold({ command: "getEntries" });
    loseDisk(rig, 0);
    rig.elapse(20);
    expect(rig.replica(0)).toMatchObject({ isDiskLost: true, fetch: { purpose: "readmit" } });
    rig.crash(0);
    rig.restart(0);
    expect(rig.replica(0)).toMatchObject({ isDiskLost: true, status: "recovering", fetch: null });
    rig.elapse(20);
    const asked = rig.network.sent({ from: 0, to: 1, command: "readmission" });
    const nonces = asked.map((packet) => messageIn(packet, "readmission").nonce.join());
    expect(new Set(nonces).size).toBe(2);
    rig.network.release();
    rig.elapse(100);
    expectWhole(rig, 3, ["x"]);
  });
});

describe("A6 one key on two machines", () => {
  it("ends the process with the older disk, once the newer one is readmitted", () => {
    const rig = rigWithX(3);
    const nonce = new Uint8Array(16);
    rig.inject(1, 0, rig.sign(0, 0, { command: "readmission", nonce }, newLife));
    rig.elapse(6);
    expect(new Set(rig.stops(0))).toEqual(new Set(["disk-superseded"]));
    expect([1, 2].map((index) => rig.stops(index))).toEqual([[], []]);
  });
});

describe("S11 two voters or one cannot take a lost disk back", () => {
  it.each([1, 2])("so a member of %i does not start", (voterCount) => {
    const { admission } = new Rig(voterCount);
    expect(() => lostSuperblock(admission, 0, lossMs)).toThrow(NoQuorumOfOthersError);
  });

  it("and a primary of two commits no entry for it", () => {
    const rig = startedRig(2);
    const nonce = new Uint8Array(16);
    rig.inject(1, 0, rig.sign(0, 0, { command: "readmission", nonce }, newLife));
    expect(rig.ignored(1).at(-1)).toBe("no quorum of others");
    expect(rig.replica(1).log.headOp).toBe(1);
  });
});
