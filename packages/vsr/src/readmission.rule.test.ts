import { bytesConcat, present } from "@quorate/prelude";
import { decodeStatementHeader, type MessageOf, splitPacket } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { readmissionsPerWindowMax, readmissionWindowMicros } from "./incarnations.ts";
import { messageIn } from "./testing/in-flight.ts";
import { expectWhole, loseDisk, rigWithX } from "./testing/loss-stories.ts";
import type { Rig } from "./testing/rig.ts";
import { electBy, logOf, request } from "./testing/stories.ts";

describe("S11 only a fresh entry of the others readmits", () => {
  it("so a primary that nobody follows any more cannot do it", () => {
    const rig = rigWithX(3);
    rig.isolate(1);
    electBy(rig, 0, 2);
    request(rig, 2, 2, "y");
    rig.settle();
    rig.isolate(2);
    loseDisk(rig, 0);
    rig.network.heal();
    rig.cut(0, 2);
    rig.cut(1, 2);
    expect(rig.replica(1).acting).not.toBeNull();
    rig.elapse(20);
    expect(rig.network.sent({ from: 0, to: 1, command: "readmission" }).length).toBeGreaterThan(0);
    expect(rig.replica(0)).toMatchObject({ isDiskLost: true, fetch: null });
    rig.network.heal();
    rig.elapse(600);
    expectWhole(rig, 3, ["x", "y"]);
  });

  it("with its own certificate: when a later entry brought the commit, another one is made", () => {
    const rig = rigWithX(3);
    rig.cut(0, 2);
    rig.network.hold({ from: 2, command: "prepareOk" });
    loseDisk(rig, 0);
    rig.elapse(12);
    expect(logOf(rig, 1)).toEqual(["1@1", "2@1", "3@1"]);
    request(rig, 1, 2, "y");
    rig.tick(1);
    rig.deliver({ from: 1, to: 2, command: "prepare" });
    rig.completeAll(2);
    const [first] = rig.network.waiting({ from: 2, to: 1, command: "prepareOk" });
    const late = rig.network.take({ from: 2, to: 1, command: "prepareOk" });
    const newest = present(late.findLast((each) => messageIn(each, "prepareOk").op === 4));
    expect(first).toBeDefined();
    rig.network.cut({ from: 1, to: 2, command: "commit" });
    rig.completeAll(1);
    rig.inject(1, 2, newest.bytes);
    expect(rig.replica(1).commit).toBe(4);
    expect(rig.network.sent({ from: 1, to: 0, command: "readmitted" })).toEqual([]);
    rig.network.heal();
    rig.network.release();
    rig.elapse(200);
    expectWhole(rig, 3, ["x", "y"]);
  });
});

describe("S11 an incarnation that is still to come", () => {
  it("is not taken, or no later disk of the member could be newer", () => {
    const rig = rigWithX(3);
    const nonce = new Uint8Array(16);
    rig.inject(1, 0, rig.sign(0, 0, { command: "readmission", nonce }, 2 ** 32 - 1));
    expect(rig.ignored(1).at(-1)).toBe("clock ahead");
    rig.elapse(6);
    expect(logOf(rig, 1)).toHaveLength(2);
  });

  it("is taken once the primary's clock has come to it", () => {
    const rig = rigWithX(3);
    loseDisk(rig, 0, 1_100_000);
    rig.elapse(30);
    expect(rig.ignored(1)).toContain("clock ahead");
    expect(rig.replica(0).isDiskLost).toBe(true);
    for (const index of [0, 1, 2]) rig.setClockAhead(index, 100_000_000);
    rig.elapse(100);
    expectWhole(rig, 3, ["x"]);
  });
});

describe("S11 a member that asks again and again, under ever newer incarnations", () => {
  it("is readmitted a bounded number of times in a minute: each costs two hand-overs", () => {
    const rig = rigWithX(3);
    rig.crash(0);
    const ask = (life: number): void => {
      const nonce = new Uint8Array(16).fill(life);
      rig.inject(1, 0, rig.sign(0, 1, { command: "readmission", nonce }, life));
      rig.elapse(12);
    };
    for (let life = 1; life <= 3 * readmissionsPerWindowMax; life++) ask(life);
    expect(rig.ignored(1).at(-1)).toBe("too many readmissions");
    expect(rig.replica(2).incarnations.of(0)).toBe(readmissionsPerWindowMax);
    for (const index of [1, 2]) rig.setClockAhead(index, readmissionWindowMicros + 1_000);
    rig.elapse(1);
    ask(100);
    expect(rig.replica(2).incarnations.of(0)).toBe(100);
  });

  it("gets no second entry while the first is on its way, whatever its nonce", () => {
    const rig = rigWithX(3);
    rig.crash(0);
    rig.cut(1, 2);
    const { headOp } = rig.replica(1).log;
    for (const life of [1, 2, 3]) {
      const nonce = new Uint8Array(16).fill(life);
      rig.inject(1, 0, rig.sign(0, 1, { command: "readmission", nonce }, life));
      rig.tick(1);
    }
    expect(rig.ignored(1).slice(-2)).toEqual(["already in the log", "already in the log"]);
    expect(rig.replica(1).log.headOp).toBe(headOp + 1);
  });
});

describe("A6 a promise under an incarnation that was never readmitted counts for nothing", () => {
  it("as a PrepareOk", () => {
    const rig = rigWithX(3);
    rig.cut(1, 2);
    rig.network.cut({ from: 0, to: 1, command: "prepareOk" });
    request(rig, 1, 2, "y");
    rig.settle();
    const { op, hash: headerHash } = rig.replica(1).log.head;
    rig.inject(1, 0, rig.sign(0, 1, { command: "prepareOk", op, headerHash }, 7));
    expect(rig.ignored(1).at(-1)).toBe("not readmitted");
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    rig.inject(1, 0, rig.sign(0, 1, { command: "prepareOk", op, headerHash }));
    expect(rig.gateway.outcomes).toEqual(["x@1", "y@2"]);
  });

  it("as a DoViewChange", () => {
    const rig = rigWithX(3);
    rig.crash(1);
    rig.network.hold({ from: 0, command: "doViewChange" });
    electBy(rig, 0, 2);
    const [change] = rig.network.sent({ from: 0, to: 2, command: "doViewChange", view: 2 });
    const message = messageIn(present(change), "doViewChange");
    rig.inject(2, 0, rig.sign(0, 2, message, 7));
    expect(rig.ignored(2).at(-1)).toBe("not readmitted");
    expect(rig.replica(2).collected.size).toBe(1);
  });

  it("as a StartView", () => {
    const rig = rigWithX(3);
    rig.crash(1);
    rig.network.hold({ command: "startView" });
    electBy(rig, 0, 2);
    const [start] = rig.network.sent({ from: 2, to: 0, command: "startView", view: 2 });
    const message = messageIn(present(start), "startView");
    rig.inject(0, 2, rig.sign(2, 2, message, 7));
    expect(rig.ignored(0).at(-1)).toBe("not readmitted");
    expect(rig.replica(0)).toMatchObject({ lastNormalView: 1 });
  });

  it("but a StartView is taken whose log, not executed yet, may hold the readmission", () => {
    const rig = rigWithX(3);
    rig.network.cut({ from: 1, command: "commit" });
    request(rig, 1, 2, "y");
    rig.settle();
    rig.crash(1);
    rig.network.hold({ command: "startView" });
    electBy(rig, 0, 2);
    const [start] = rig.network.sent({ from: 2, to: 0, command: "startView", view: 2 });
    const message = messageIn(present(start), "startView");
    expect(message.head.op).toBe(message.commit + 1);
    expect(rig.replica(0).executed).toBe(message.commit);
    rig.inject(0, 2, rig.sign(2, 2, message, 7));
    rig.completeAll(0);
    expect(rig.replica(0)).toMatchObject({ lastNormalView: 2, status: "normal" });
  });

  it("as a Checkpoint", () => {
    const rig = rigWithX(3);
    const { op, hash: headHash } = rig.replica(1).log.head;
    const stateRoot = headHash;
    rig.inject(1, 0, rig.sign(0, 1, { command: "checkpoint", op, headHash, stateRoot }, 7));
    expect(rig.ignored(1).at(-1)).toBe("not readmitted");
  });
});

/** Member 0's question has been answered; the answer is on its way. */
function answerOnItsWay(): { rig: Rig; answer: MessageOf<"readmitted">; body: Uint8Array } {
  const rig = rigWithX(3);
  rig.network.hold({ command: "readmitted" });
  loseDisk(rig, 0);
  rig.elapse(12);
  const packet = present(rig.network.sent({ from: 1, to: 0, command: "readmitted" })[0]);
  const { bodyBytes } = decodeStatementHeader(packet.bytes);
  const body = splitPacket(packet.bytes, bodyBytes).attachment;
  return { rig, answer: messageIn(packet, "readmitted"), body };
}

describe("S11 an answer that proves nothing changes nothing", () => {
  const wrong: Record<string, (answer: MessageOf<"readmitted">) => Partial<typeof answer>> = {
    "a certificate of fewer than a quorum": ({ certificate }) => ({
      certificate: { ...certificate, signatures: certificate.signatures.slice(0, 1) },
    }),
    "without the proof of its view": () => ({ votes: [] }),
    "a header of another entry": ({ header }) => ({ header: { ...header, bodyBytes: 1 } }),
  };

  it.each(Object.entries(wrong))("%s", (_, change) => {
    const { rig, answer, body } = answerOnItsWay();
    const forged = rig.sign(1, 1, { ...answer, ...change(answer) });
    rig.inject(0, 1, bytesConcat(forged, body));
    expect(rig.ignored(0).at(-1)).toBe("proof not valid");
    expect(rig.replica(0)).toMatchObject({ isDiskLost: true, fetch: null, view: 0 });
  });

  it("a body without its request", () => {
    const { rig, answer, body } = answerOnItsWay();
    rig.inject(0, 1, bytesConcat(rig.sign(1, 1, answer), body.slice(1)));
    expect(rig.ignored(0).at(-1)).toBe("proof not valid");
  });

  it("a certificate that the lost member itself has signed", () => {
    const { rig, answer, body } = answerOnItsWay();
    const { op, headerHash } = answer.certificate;
    const own = rig.sign(0, 1, { command: "prepareOk", op, headerHash });
    const { bodyBytes, keyId } = decodeStatementHeader(own);
    const { signature } = splitPacket(own, bodyBytes);
    const [first] = answer.certificate.signatures;
    const signatures = [present(first), { sender: 0, keyId, incarnation: 0, signature }];
    const certificate = { ...answer.certificate, signatures };
    const forged = rig.sign(1, 1, { ...answer, certificate });
    rig.inject(0, 1, bytesConcat(forged, body));
    expect(rig.ignored(0).at(-1)).toBe("proof not valid");
  });

  it("an answer to an earlier life of the process", () => {
    const { rig, answer, body } = answerOnItsWay();
    rig.crash(0);
    rig.restart(0);
    rig.inject(0, 1, bytesConcat(rig.sign(1, 1, answer), body));
    expect(rig.ignored(0).at(-1)).toBe("proof not valid");
    rig.network.release();
    rig.elapse(100);
    expectWhole(rig, 3, ["x"]);
  });

  it("an answer that nobody asked for", () => {
    const { rig, answer, body } = answerOnItsWay();
    rig.inject(2, 1, bytesConcat(rig.sign(1, 1, answer), body));
    expect(rig.ignored(2).at(-1)).toBe("not asked for");
  });
});
