import { bytesConcat, bytesEqual } from "@quorate/prelude";
import {
  asEpoch,
  asOp,
  asView,
  type CertificateSignature,
  type ClusterConfig,
  type CommitCertificate,
  decodeStatementHeader,
  digestClusterConfig,
  type Message,
  splitPacket,
} from "@quorate/protocol";
import { signed, signedPlaceOf, signerOf } from "@quorate/protocol/testing";
import { describe, expect, it } from "vitest";
import { encodeEvidence, type Evidence, type PairKind, pairKinds, pairOf } from "./evidence.ts";
import { type EvidenceContext, evidenceName, judgeEvidence } from "./judge-evidence.ts";
import {
  admission,
  checkpoint,
  context,
  digest,
  doViewChange,
  positionOf,
  prepare,
  prepareOk,
  say,
  startView,
} from "./testing/statements.ts";

const judged = (evidence: Evidence, judge: EvidenceContext = context) =>
  judgeEvidence(encodeEvidence(evidence), judge);

const lawful = { proven: false, fault: "lawful" };

interface Pair {
  readonly kind: PairKind;
  readonly about: string;
  readonly one: readonly [Message, number];
  readonly other: readonly [Message, number];
}

const convicting: readonly (Pair & { readonly view: number; readonly op: number | null })[] = [
  {
    kind: "two-prepares",
    about: "E1 two entries prepared at one op of a view",
    one: [prepare(9, "a"), 5],
    other: [prepare(9, "b"), 5],
    view: 5,
    op: 9,
  },
  {
    kind: "two-acknowledgements",
    about: "E2 two entries acknowledged at one op of a view",
    one: [prepareOk(9, "a"), 5],
    other: [prepareOk(9, "b"), 5],
    view: 5,
    op: 9,
  },
  {
    kind: "forgotten-acknowledgement",
    about: "E3 a log that ends below what was acknowledged",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(5, 8, { 8: "a" }), 7],
    view: 5,
    op: 9,
  },
  {
    kind: "forgotten-acknowledgement",
    about: "E3 a log that ends with another entry than was acknowledged",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(5, 9, { 9: "b" }), 6],
    view: 5,
    op: 9,
  },
  {
    kind: "forgotten-acknowledgement",
    about: "E3 a log that has another entry below its head",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(5, 10, { 9: "b", 10: "b" }), 6],
    view: 5,
    op: 9,
  },
  {
    kind: "forgotten-acknowledgement",
    about: "E3 a last normal view below the view of the acknowledgement",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(4, 20, { 20: "a" }), 6],
    view: 5,
    op: 9,
  },
  {
    kind: "two-do-view-changes",
    about: "E4 two DoViewChanges of one view",
    one: [doViewChange(4, 9, { 9: "a" }), 6],
    other: [doViewChange(4, 8, { 8: "a" }), 6],
    view: 6,
    op: null,
  },
  {
    kind: "two-start-views",
    about: "E4 two StartViews of one view",
    one: [startView(9, "a"), 7],
    other: [startView(8, "a"), 7],
    view: 7,
    op: null,
  },
  {
    kind: "two-checkpoints",
    about: "E6 two states after one op",
    one: [checkpoint(64, "one state"), 5],
    other: [checkpoint(64, "another state"), 5],
    view: 5,
    op: 64,
  },
  {
    kind: "two-checkpoints",
    about: "E6 two views of creation of one committed op",
    one: [checkpoint(64, "one state"), 6],
    other: [checkpoint(64, "one state"), 5],
    view: 5,
    op: 64,
  },
];

const innocent: readonly Pair[] = [
  {
    kind: "two-prepares",
    about: "an entry that is sent again with a newer commit",
    one: [prepare(9, "a", 7), 5],
    other: [prepare(9, "a", 8), 5],
  },
  {
    kind: "two-prepares",
    about: "another entry at the op in a later view",
    one: [prepare(9, "a"), 5],
    other: [prepare(9, "b"), 8],
  },
  {
    kind: "two-acknowledgements",
    about: "an entry that is acknowledged again in a later view",
    one: [prepareOk(9, "a"), 5],
    other: [prepareOk(9, "a"), 6],
  },
  {
    kind: "two-acknowledgements",
    about: "another entry acknowledged at the op in a later view",
    one: [prepareOk(9, "a"), 5],
    other: [prepareOk(9, "b"), 6],
  },
  {
    kind: "two-acknowledgements",
    about: "another op acknowledged in the view",
    one: [prepareOk(9, "a"), 5],
    other: [prepareOk(10, "b"), 5],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "a DoViewChange that was sent before the acknowledgement's view",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(3, 2, { 2: "a" }), 4],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "the DoViewChange of the acknowledgement's own view",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(3, 2, { 2: "a" }), 5],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "a log that still has the entry",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(5, 10, { 9: "a", 10: "b" }), 6],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "an entry that is too old to be shown",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(5, 20, { 19: "a", 20: "a" }), 6],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "an entry that a later view has left out",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(6, 8, { 8: "a" }), 7],
  },
  {
    kind: "two-do-view-changes",
    about: "DoViewChanges of two views",
    one: [doViewChange(4, 9, { 9: "a" }), 6],
    other: [doViewChange(4, 8, { 8: "a" }), 7],
  },
  {
    kind: "two-start-views",
    about: "StartViews of two views",
    one: [startView(9, "a"), 4],
    other: [startView(8, "a"), 7],
  },
  {
    kind: "two-checkpoints",
    about: "states after two ops",
    one: [checkpoint(64, "one state"), 5],
    other: [checkpoint(128, "another state"), 5],
  },
  {
    kind: "two-prepares",
    about: "a Prepare beside a PrepareOk of the same view",
    one: [prepare(9, "a"), 5],
    other: [prepareOk(9, "b"), 5],
  },
];

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

it("bytes that are no record are malformed, whatever they are", () => {
  for (const bytes of [new Uint8Array(0), Uint8Array.of(0xfd, 0, 1), new Uint8Array(900)]) {
    expect(judgeEvidence(bytes, context)).toEqual({ proven: false, fault: "malformed" });
  }
  const noStatements = pairOf("two-prepares", Uint8Array.of(1), Uint8Array.of(2));
  expect(judged(noStatements)).toEqual({ proven: false, fault: "malformed" });
});

describe("E7 two commit certificates of one op", () => {
  function certificateOf(op: number, label: string, view: number, signers = [0, 1]) {
    const signatures = signers.map((member): CertificateSignature => {
      const statement = say(prepareOk(op, label), { view, member });
      const { sender, keyId, incarnation, bodyBytes } = decodeStatementHeader(statement);
      return { sender, keyId, incarnation, signature: splitPacket(statement, bodyBytes).signature };
    });
    const { hash } = positionOf(op, label);
    const at = { epoch: asEpoch(3), view: asView(view), op: asOp(op) };
    return { ...at, headerHash: hash, signatures };
  }
  const both = (first: CommitCertificate, second: CommitCertificate) =>
    judged({ kind: "two-certificates", first, second });

  it("prove that the group broke its promise, and blame nobody alone", () => {
    const claim = {
      kind: "two-certificates",
      epoch: 3,
      member: null,
      incarnation: 0,
      view: 5,
      op: 9,
    };
    const proof = { proven: true, claim };
    expect(both(certificateOf(9, "a", 5), certificateOf(9, "b", 6, [1, 2]))).toEqual(proof);
    expect(both(certificateOf(9, "a", 8), certificateOf(9, "b", 5, [1, 2]))).toEqual(proof);
  });

  it("are lawful when they certify one entry, or two ops", () => {
    expect(both(certificateOf(9, "a", 5), certificateOf(9, "a", 6))).toEqual(lawful);
    expect(both(certificateOf(9, "a", 5), certificateOf(10, "b", 6))).toEqual(lawful);
  });

  it("prove nothing when one of them is not good", () => {
    const unproven = { proven: false, fault: "signature" };
    expect(both(certificateOf(9, "a", 5), certificateOf(9, "b", 6, [1]))).toEqual(unproven);
    const renamed = { ...certificateOf(9, "b", 6), headerHash: digest("c") };
    expect(both(certificateOf(9, "a", 5), renamed)).toEqual(unproven);
  });
});

describe("E8 a key that its epoch does not have", () => {
  const later: ClusterConfig = {
    ...admission.config,
    epoch: asEpoch(4),
    members: admission.config.members.map((member, index) =>
      index === 1 ? { ...member, publicKey: digest("new key") } : member,
    ),
  };
  const laterDigest = digestClusterConfig(later, context.sha256);
  const judge: EvidenceContext = {
    ...context,
    configurationOf: (epoch) =>
      epoch === 4 ? { config: later, configDigest: laterDigest } : context.configurationOf(epoch),
  };
  const place = { ...signedPlaceOf(admission), epoch: asEpoch(4), configDigest: laterDigest };
  const inEpoch4 = (member: number) =>
    signed(prepareOk(9, "a"), signerOf("replica", member), place);
  const shown = (statement: Uint8Array, keyEpoch = 3) =>
    judged({ kind: "revoked-key", statement, keyEpoch: asEpoch(keyEpoch) }, judge);

  it("convicts whoever goes on signing with a key that was replaced", () => {
    const claim = { kind: "revoked-key", epoch: 3, member: 1, incarnation: 4, view: 7, op: null };
    expect(shown(inEpoch4(1))).toEqual({ proven: true, claim });
  });

  it("is lawful in the epoch that has the key, and for keys that stay", () => {
    expect(shown(say(prepareOk(9, "a"), { view: 5 }))).toEqual(lawful);
    expect(shown(inEpoch4(0))).toEqual(lawful);
  });

  it("proves nothing with a key that was nobody's, a changed body or an unknown epoch", () => {
    const unproven = { proven: false, fault: "signature" };
    const nobodys = signed(prepareOk(9, "a"), signerOf("gateway", 0), place);
    expect(shown(nobodys)).toEqual(unproven);
    const changed = inEpoch4(1);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(shown(changed)).toEqual(unproven);
    expect(shown(inEpoch4(1), 2)).toEqual({ proven: false, fault: "configuration" });
  });
});

it("equal claims have one name, unequal claims have two", () => {
  const claimOf = (kind: PairKind, one: Uint8Array, other: Uint8Array) => {
    const verdict = judged(pairOf(kind, one, other));
    return verdict.proven ? evidenceName(verdict.claim) : "";
  };
  const names = convicting.map(({ kind, one, other }) => {
    return claimOf(kind, say(one[0], { view: one[1] }), say(other[0], { view: other[1] }));
  });
  expect(names[0]).toBe("two-prepares.m1.i4.e3.v5.o9");
  expect(names).not.toContain("");
  const [a, b, c] = ["a", "b", "c"].map((label) => say(prepare(9, label), { view: 5 }));
  if (a === undefined || b === undefined || c === undefined) throw new Error("three statements");
  expect(bytesEqual(b, c)).toBe(false);
  expect(claimOf("two-prepares", a, b)).toBe(claimOf("two-prepares", a, c));
});
