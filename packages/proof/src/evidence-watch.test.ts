import { present } from "@quorate/prelude";
import {
  admit,
  asEpoch,
  asOp,
  asView,
  decodeStatementHeader,
  type Message,
  splitPacket,
} from "@quorate/protocol";
import { describe, expect, it, test } from "vitest";
import { commitCertificateFault } from "./certificates.ts";
import type { Said } from "./contradiction.ts";
import { encodeEvidence } from "./evidence.ts";
import { EvidenceWatch, type FoundEvidence } from "./evidence-watch.ts";
import { aboutNamedEvidence, evidenceName, isFounded, judgeEvidence } from "./judge-evidence.ts";
import { opsRememberedMax } from "./signer-history.ts";
import { convicting, innocent } from "./testing/pairs.ts";
import {
  admission,
  checkpoint,
  context,
  doViewChange,
  foundedStartView,
  positionOf,
  prepare,
  prepareOk,
  say,
  startView,
} from "./testing/statements.ts";

/** What is said, in which view, by whom. */
type Saying = readonly [Message, number, member?: number];

function open(statement: Uint8Array, incarnation = 4): Said | null {
  const judged = admit(statement, { ...admission, incarnationOf: () => incarnation });
  return judged.ok ? judged.admitted : null;
}

/** A watch that takes every StartView for founded, unless it is told to look. */
function watching(looksInside = false): {
  readonly hear: (...said: Saying) => readonly FoundEvidence[];
  readonly watch: EvidenceWatch;
} {
  const watch = new EvidenceWatch({
    sha256: admission.sha256,
    incarnationOf: () => 4,
    open,
    isGood: (certificate) => commitCertificateFault(certificate, admission) === null,
    isFounded: (said, message) => !looksInside || isFounded(said, message, context),
  });
  const hear = (...[message, view, member = 1]: Saying): readonly FoundEvidence[] =>
    watch.observe(present(open(say(message, { view, member }))));
  return { hear, watch };
}

function startViewWith(doViewChangeStatement: Uint8Array): Message {
  const message = startView(9, "a");
  if (message.command !== "startView") throw new Error("not a StartView");
  return { ...message, doViewChanges: [doViewChangeStatement] };
}

describe("a watch", () => {
  it("finds a StartView that does not follow from what it carries, and tells of it once", () => {
    const { hear } = watching(true);
    expect(hear(foundedStartView(4), 4)).toEqual([]);
    const [found, ...more] = hear({ ...foundedStartView(7), commit: asOp(1) }, 7);
    expect(more).toEqual([]);
    const claim = {
      kind: "unfounded-start-view",
      epoch: 3,
      member: 1,
      incarnation: 4,
      view: 7,
      op: null,
    };
    const record = encodeEvidence(present(found).evidence);
    expect(judgeEvidence(record, context)).toEqual({ proven: true, claim });
    expect(hear({ ...foundedStartView(7), commit: asOp(1) }, 7)).toEqual([]);
  });

  for (const { kind, about, one, other, view, op } of convicting) {
    for (const [order, first, second] of [
      ["", one, other],
      [", the other way round", other, one],
    ] as const) {
      it(`finds ${about}${order}`, () => {
        const { hear } = watching();
        expect(hear(...first)).toEqual([]);
        const [found] = hear(...second);
        const claim = { kind, epoch: 3, member: 1, incarnation: 4, view, op };
        expect(found?.claim).toEqual(claim);
        const record = encodeEvidence(present(found).evidence);
        expect(judgeEvidence(record, context)).toEqual({ proven: true, claim });
      });
    }
  }

  for (const { about, one, other } of innocent) {
    it(`finds nothing in ${about}, in either order`, () => {
      for (const [first, second] of [
        [one, other],
        [other, one],
      ] as const) {
        const { hear } = watching();
        expect([...hear(...first), ...hear(...second), ...hear(...first)]).toEqual([]);
      }
    });
  }

  it("finds nothing in what is repeated, whatever came in between", () => {
    const { hear } = watching();
    const sayings: readonly Saying[] = [
      [prepare(9, "a"), 5],
      [prepareOk(9, "a"), 5],
      [doViewChange(5, 9, { 9: "a" }), 6],
      [startView(9, "a"), 6],
      [checkpoint(64, "one state"), 6],
    ];
    expect([...sayings, ...sayings].flatMap((saying) => hear(...saying))).toEqual([]);
  });

  it("E6 finds two members whose states differ, and blames neither", () => {
    const { hear } = watching();
    expect(hear(checkpoint(64, "one state"), 5, 1)).toEqual([]);
    const [found] = hear(checkpoint(64, "another state"), 5, 2);
    expect(found?.claim).toMatchObject({ kind: "diverged-states", member: null, incarnation: 0 });
    const verdict = judgeEvidence(encodeEvidence(present(found).evidence), context);
    expect(verdict.proven).toBe(true);
  });

  it("never compares two members, but for their states", () => {
    for (const { one, other } of convicting.filter(({ kind }) => kind !== "two-checkpoints")) {
      const { hear } = watching();
      expect([...hear(...one, 1), ...hear(...other, 2)]).toEqual([]);
    }
  });

  it("A6 never compares what a member said before and after its disk was lost", () => {
    for (const { one, other } of convicting) {
      const { watch } = watching();
      const before = say(one[0], { view: one[1], incarnation: 4 });
      const after = say(other[0], { view: other[1], incarnation: 5 });
      expect(watch.observe(present(open(before, 4)))).toEqual([]);
      expect(watch.observe(present(open(after, 5)))).toEqual([]);
    }
  });

  it("A6 remembers the present life of a member, whatever is shown of an earlier one", () => {
    const { hear, watch } = watching();
    hear(prepareOk(9, "a"), 5);
    const old = say(prepareOk(9, "a"), { view: 5, incarnation: 3 });
    expect(watch.observe(present(open(old, 3)))).toEqual([]);
    expect(hear(prepareOk(9, "b"), 5)).toHaveLength(1);
  });

  it("A6 remembers it, too, when the member names lives that nobody knows of", () => {
    const { hear, watch } = watching();
    hear(prepareOk(9, "a"), 5);
    for (const incarnation of [5, 6, 7, 8]) {
      const newer = say(prepareOk(9, "b"), { view: 5, incarnation });
      expect(watch.observe(present(open(newer, incarnation)))).toEqual([]);
    }
    const again = say(prepareOk(9, "c"), { view: 5, incarnation: 8 });
    expect(watch.observe(present(open(again, 8)))).toHaveLength(1);
    expect(hear(prepareOk(9, "b"), 5)).toHaveLength(1);
  });

  it("E4 finds the other DoViewChange inside a StartView", () => {
    const { hear } = watching();
    hear(doViewChange(4, 9, { 9: "a" }), 6, 1);
    const carried = say(doViewChange(4, 8, { 8: "a" }), { view: 6, member: 1 });
    const [found] = hear(startViewWith(carried), 6, 0);
    expect(found?.claim).toMatchObject({ kind: "two-do-view-changes", member: 1, view: 6 });
  });

  it("believes no DoViewChange inside a StartView that its sender did not sign", () => {
    const carried = say(doViewChange(4, 8, { 8: "a" }), { view: 6, member: 1 });
    carried[carried.length - 1] = (carried.at(-1) ?? 0) ^ 1;
    for (const statement of [carried, new Uint8Array(3), carried.subarray(0, 300)]) {
      const { hear } = watching();
      hear(doViewChange(4, 9, { 9: "a" }), 6, 1);
      expect(hear(startViewWith(statement), 6, 0)).toEqual([]);
    }
  });

  it("forgets what is old, so that a talkative member fills nothing", () => {
    const { hear } = watching();
    for (let op = 1; op <= 2 * opsRememberedMax; op++) hear(prepareOk(op, "a"), 5);
    expect(hear(prepareOk(2 * opsRememberedMax, "b"), 5)).toHaveLength(1);
    expect(hear(prepareOk(1, "b"), 5)).toEqual([]);
  });
});

/** A quorum's acknowledgement of an entry, as the primary of the view shows it. */
function heartbeat(
  op: number,
  label: string,
  view: number,
  ...signers: readonly number[]
): Message {
  const { op: at, hash } = positionOf(op, label);
  const signatures = signers.map((sender) => {
    const statement = say(prepareOk(op, label), { view, member: sender });
    const { keyId, incarnation, bodyBytes } = decodeStatementHeader(statement);
    const { signature } = splitPacket(statement, bodyBytes);
    return { sender, keyId, incarnation, signature };
  });
  const certificate = {
    epoch: asEpoch(3),
    view: asView(view),
    op: at,
    headerHash: hash,
    signatures,
  };
  return { command: "commit", commit: at, certificate, head: { op: at, hash }, nonce: 1 };
}

describe("a watch over certificates", () => {
  it("E2 finds the other PrepareOk of a signer in a certificate, whichever came first", () => {
    for (const order of ["told first", "certified first"]) {
      const { hear } = watching();
      const told: Saying = [prepareOk(9, "b"), 5, 1];
      const certified: Saying = [heartbeat(9, "a", 5, 0, 1), 5, 0];
      const [first, second] = order === "told first" ? [told, certified] : [certified, told];
      expect(hear(...first)).toEqual([]);
      const [found, ...others] = hear(...second);
      expect(others).toEqual([]);
      const claim = { kind: "two-acknowledgements", member: 1, view: 5, op: 9 };
      expect(found?.claim).toMatchObject(claim);
      const verdict = judgeEvidence(encodeEvidence(present(found).evidence), context);
      expect(verdict).toMatchObject({ proven: true, claim });
    }
  });

  it("E7 finds two certificates of one op, and of one view the signers of both", () => {
    const { hear } = watching();
    hear(heartbeat(9, "a", 5, 0, 1), 5, 0);
    const found = hear(heartbeat(9, "b", 5, 1, 2), 5, 0);
    expect(found.map(({ claim }) => [claim.kind, claim.member])).toEqual([
      ["two-certificates", null],
      ["two-acknowledgements", 1],
    ]);
    for (const { evidence, claim } of found) {
      expect(judgeEvidence(encodeEvidence(evidence), context)).toEqual({ proven: true, claim });
    }
    expect(hear(heartbeat(9, "c", 8, 0, 2), 8, 2).map(({ claim }) => claim.kind)).toEqual([
      "two-certificates",
    ]);
  });

  it("believes no certificate that a quorum has not signed, and is not blinded by one", () => {
    const { hear } = watching();
    expect(hear(heartbeat(9, "x", 5, 0), 5, 0)).toEqual([]);
    expect(hear(heartbeat(9, "a", 5, 0, 1), 5, 2)).toEqual([]);
    expect(hear(heartbeat(9, "a", 6, 0, 1), 6, 0)).toEqual([]);
    expect(hear(heartbeat(9, "b", 5, 1, 2), 5, 0).length).toBeGreaterThan(0);
  });

  it("finds nothing in certificates that grow, are repeated, or renewed in a later view", () => {
    const { hear } = watching();
    const sayings: readonly Saying[] = [
      [prepareOk(9, "a"), 5, 1],
      [heartbeat(9, "a", 5, 0, 1), 5, 0],
      [heartbeat(9, "a", 5, 0, 1, 2), 5, 0],
      [heartbeat(10, "b", 5, 0, 1), 5, 0],
      [heartbeat(9, "a", 6, 1, 2), 6, 1],
    ];
    expect([...sayings, ...sayings].flatMap((saying) => hear(...saying))).toEqual([]);
  });
});

test("the name of evidence tells its kind and its member", () => {
  const claim = { epoch: asEpoch(3), incarnation: 4, view: asView(5), op: asOp(9) };
  const convicted = evidenceName({ ...claim, kind: "two-prepares", member: 1 });
  expect(aboutNamedEvidence(convicted)).toEqual({ kind: "two-prepares", member: 1 });
  const blameless = evidenceName({ ...claim, kind: "diverged-states", member: null });
  expect(aboutNamedEvidence(blameless)).toEqual({ kind: "diverged-states", member: null });
  for (const text of ["", "two-prepares", "two-lies.m1.i4.e3.v5.o9", `${convicted}.x`]) {
    expect(aboutNamedEvidence(text)).toBeNull();
  }
});
