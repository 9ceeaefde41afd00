import { bytesEqual, present } from "@quorate/prelude";
import {
  asEpoch,
  asOp,
  asView,
  type CertificateSignature,
  type ClusterConfig,
  type CommitCertificate,
  decodeStatementHeader,
  digestClusterConfig,
  splitPacket,
} from "@quorate/protocol";
import { signed, signedPlaceOf, signerOf } from "@quorate/protocol/testing";
import { describe, expect, it } from "vitest";
import { type PairKind, pairOf } from "./evidence.ts";
import { type EvidenceContext, evidenceName, judgeEvidence } from "./judge-evidence.ts";
import { convicting } from "./testing/pairs.ts";
import {
  admission,
  context,
  digest,
  foundedStartView,
  judged,
  lawful,
  positionOf,
  prepare,
  prepareOk,
  say,
} from "./testing/statements.ts";

it("bytes that are no record are malformed, whatever they are", () => {
  for (const bytes of [new Uint8Array(0), Uint8Array.of(0xfd, 0, 1), new Uint8Array(900)]) {
    expect(judgeEvidence(bytes, context)).toEqual({ proven: false, fault: "malformed" });
  }
  const noStatements = pairOf("two-prepares", Uint8Array.of(1), Uint8Array.of(2));
  expect(judged(noStatements)).toEqual({ proven: false, fault: "malformed" });
});

describe("E5 a StartView that does not follow from what it carries", () => {
  const founded = foundedStartView(4);
  const shown = (change: Partial<typeof founded>, view = 4, member = 1) =>
    judged({
      kind: "unfounded-start-view",
      statement: say({ ...founded, ...change }, { view, member }),
    });
  const claim = {
    kind: "unfounded-start-view",
    epoch: 3,
    member: 1,
    incarnation: 4,
    view: 4,
    op: null,
  };
  const [vote] = founded.votes;
  const [change] = founded.doViewChanges;

  it("is lawful as long as anybody can repeat the selection", () => {
    expect(shown({})).toEqual(lawful);
  });

  it.each([
    ["another head", { head: positionOf(1, "a") }],
    ["another commit", { commit: asOp(1) }],
    ["the votes of fewer than a quorum", { votes: [present(vote), present(vote)] }],
    ["one member's DoViewChange twice", { doViewChanges: [present(change), present(change)] }],
    ["a vote in the place of a DoViewChange", { doViewChanges: founded.votes }],
    ["a DoViewChange that is not whole", { doViewChanges: [present(change).slice(0, -1)] }],
  ])("convicts its primary of %s", (_, wrong) => {
    expect(shown(wrong)).toEqual({ proven: true, claim });
  });

  it("convicts whoever is not the primary of its view, and one that shows another view's", () => {
    expect(shown({}, 4, 2)).toEqual({ proven: true, claim: { ...claim, member: 2 } });
    expect(shown({}, 7)).toEqual({ proven: true, claim: { ...claim, view: 7 } });
  });

  it("proves nothing with another statement, or one that nobody signed", () => {
    const alone = (statement: Uint8Array) => judged({ kind: "unfounded-start-view", statement });
    expect(alone(say(prepareOk(9, "a"), { view: 4 }))).toEqual(lawful);
    const changed = say({ ...founded, commit: asOp(1) }, { view: 4 });
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(alone(changed)).toEqual({ proven: false, fault: "signature" });
  });
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
