import { bytesConcat } from "@quorate/prelude";
import { decodeStatementHeader, splitPacket } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { pairKinds, pairOf } from "./evidence.ts";
import { convicting, innocent } from "./testing/pairs.ts";
import { checkpoint, context, judged, lawful, prepareOk, say } from "./testing/statements.ts";

describe.each(convicting)("$about", ({ kind, one, other, view, op }) => {
  const first = say(one[0], { view: one[1] });
  const second = say(other[0], { view: other[1] });

  it("convicts its signer, whichever came first", () => {
    const claim = { kind, epoch: 3, member: 1, incarnation: 4, view, op };
    expect(judged(pairOf(kind, first, second))).toEqual({ proven: true, claim });
    expect(judged(pairOf(kind, second, first))).toEqual({ proven: true, claim });
  });

  it("is no evidence of another kind", () => {
    for (const wrong of pairKinds.filter((each) => each !== kind)) {
      expect(judged(pairOf(wrong, first, second))).toEqual(lawful);
    }
  });

  it("never convicts across two lives of a disk, nor two members", () => {
    const reborn = say(other[0], { view: other[1], incarnation: 5 });
    expect(judged(pairOf(kind, first, reborn))).toEqual(lawful);
    const stranger = say(other[0], { view: other[1], member: 2 });
    expect(judged(pairOf(kind, first, stranger))).toEqual(lawful);
    for (const each of pairKinds) {
      const verdict = judged(pairOf(each, first, stranger));
      if (verdict.proven) expect(verdict.claim.member).toBeNull();
    }
  });

  it("proves nothing when a bit of it was changed", () => {
    for (let at = 0; at < second.length; at += 11) {
      const changed = second.slice();
      changed[at] = (changed[at] ?? 0) ^ 4;
      expect(judged(pairOf(kind, first, changed)).proven).toBe(false);
    }
  });

  it("proves nothing to who does not know the epoch's configuration", () => {
    const stranger = { ...context, configurationOf: () => null };
    const verdict = judged(pairOf(kind, first, second), stranger);
    expect(verdict).toEqual({ proven: false, fault: "configuration" });
  });

  it("proves nothing when more than the statement is shown", () => {
    const longer = bytesConcat(second, Uint8Array.of(1));
    const verdict = judged(pairOf(kind, first, longer));
    expect(verdict).toEqual({ proven: false, fault: "signature" });
  });
});

it.each(innocent)("$about is lawful", ({ kind, one, other }) => {
  const first = say(one[0], { view: one[1] });
  const second = say(other[0], { view: other[1] });
  for (const each of [kind, ...pairKinds]) {
    expect(judged(pairOf(each, first, second))).toEqual(lawful);
  }
});

describe("E6 states of two members after one op", () => {
  const of = (member: number, state: string, view = 5, incarnation = 4) =>
    say(checkpoint(64, state), { view, member, incarnation });
  const between = (one: Uint8Array, other: Uint8Array) =>
    judged(pairOf("diverged-states", one, other));

  it("prove that one of them is wrong, and blame neither, whatever lives their disks had", () => {
    const claim = {
      kind: "diverged-states",
      epoch: 3,
      member: null,
      incarnation: 0,
      view: 5,
      op: 64,
    };
    expect(between(of(1, "one"), of(2, "another"))).toEqual({ proven: true, claim });
    expect(between(of(1, "one"), of(2, "another", 5, 9))).toEqual({ proven: true, claim });
    expect(between(of(1, "one", 6), of(2, "one", 5))).toEqual({ proven: true, claim });
  });

  it("are lawful when they are one state", () => {
    expect(between(of(1, "one"), of(2, "one"))).toEqual(lawful);
  });
});

it("one statement under two signatures is lawful: signature bytes name nothing", () => {
  const statement = say(prepareOk(9, "a"), { view: 5 });
  const resigned = statement.slice();
  const { bodyBytes } = decodeStatementHeader(statement);
  splitPacket(resigned, bodyBytes).signature.fill(7);
  const lenient = { ...context, verify: () => true };
  expect(judged(pairOf("two-acknowledgements", statement, resigned), lenient)).toEqual(lawful);
});
