import {
  asEpoch,
  asOp,
  asView,
  type CertificateSignature,
  type Checkpoint,
  type CommitCertificate,
  decodeStatementHeader,
  type Message,
  quorumOf,
  splitPacket,
  type StatementSigner,
} from "@quorate/protocol";
import {
  signed,
  signedConfigWith,
  signedContextOf,
  signedPlaceOf,
  signerOf,
} from "@quorate/protocol/testing";
import { utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import { describe, expect, it } from "vitest";
import {
  type CertificateContext,
  type CertificateFault,
  checkpointFault,
  commitCertificateFault,
} from "./certificates.ts";

const digest = (text: string) => sha256(utf8Encode(text));
const op = asOp(12);
const epoch = asEpoch(3);
const view = asView(7);
const headHash = digest("head");
const stateRoot = digest("state");

const votersOnly = (count: number) => Array.from({ length: count }, () => "voter" as const);

function contextOf(voters: number, learners = 0): CertificateContext {
  const roles = [
    ...votersOnly(voters),
    ...Array.from({ length: learners }, () => "learner" as const),
  ];
  return signedContextOf(signedConfigWith(roles));
}

/** A certificate of both kinds over one coordinate. */
function write(signatures: readonly CertificateSignature[]): CommitCertificate & Checkpoint {
  return { epoch, view, op, headerHash: headHash, headHash, stateRoot, signatures };
}

/** What each kind of certificate is of: what is signed, and how it is judged. */
const kinds = [
  {
    name: "commit certificate",
    message: { command: "prepareOk", op, headerHash: headHash },
    other: { command: "prepareOk", op, headerHash: digest("another") },
    fault: commitCertificateFault,
  },
  {
    name: "checkpoint",
    message: { command: "checkpoint", op, headHash, stateRoot },
    other: { command: "checkpoint", op, headHash, stateRoot: digest("another") },
    fault: checkpointFault,
  },
] as const;

describe.each(kinds)("a $name", ({ message, other, fault }) => {
  /** The signature of a member over a message, in the place of the context unless it is changed. */
  function signatureOf(
    context: CertificateContext,
    said: Message,
    index: number,
    { place = {}, signer = {} }: { place?: object; signer?: Partial<StatementSigner> } = {},
  ): CertificateSignature {
    const at = { ...signedPlaceOf({ ...context, incarnationOf: () => 4 }), ...place };
    const statement = signed(said, { ...signerOf("replica", index), ...signer }, at);
    const { sender, keyId, incarnation, bodyBytes } = decodeStatementHeader(statement);
    return { sender, keyId, incarnation, signature: splitPacket(statement, bodyBytes).signature };
  }

  const of = (context: CertificateContext, ...members: readonly number[]) =>
    members.map((index) => signatureOf(context, message, index));

  it.each([1, 2, 3, 4, 5, 6, 7])("is good with a quorum of %i voters and no fewer", (voters) => {
    const context = contextOf(voters);
    const quorum = quorumOf(voters);
    const all = of(context, ...votersOnly(voters).keys());
    for (let count = 0; count <= voters; count++) {
      const expected = count < quorum ? "quorum" : null;
      expect(fault(write(all.slice(0, count)), context)).toBe(expected);
      expect(fault(write(all.toReversed().slice(0, count)), context)).toBe(expected);
    }
  });

  it("counts who signs twice once", () => {
    const context = contextOf(3);
    expect(fault(write(of(context, 1, 1, 1)), context)).toBe("quorum");
    expect(fault(write(of(context, 1, 1, 2)), context)).toBeNull();
  });

  it("needs voters: a learner or a stranger is no signer", () => {
    const context = contextOf(3, 1);
    expect(fault(write(of(context, 0, 1, 3)), context)).toBe("signer");
    expect(fault(write(of(context, 0, 1, 9)), context)).toBe("signer");
  });

  it("is not good when one of its signatures is not, also beyond the quorum", () => {
    const context = contextOf(3);
    const [first, second, third] = of(context, 0, 1, 2) as [
      CertificateSignature,
      CertificateSignature,
      CertificateSignature,
    ];
    const signature = third.signature.slice();
    signature[5] = (signature[5] ?? 0) ^ 1;
    expect(fault(write([first, second, { ...third, signature }]), context)).toBe("signature");
    const swapped = { ...second, signature: first.signature };
    expect(fault(write([first, swapped]), context)).toBe("signature");
  });

  it.each<readonly [string, CertificateFault, object, Partial<StatementSigner>]>([
    ["another view", "signature", { view: asView(8) }, {}],
    ["another epoch", "signature", { epoch: asEpoch(4) }, {}],
    ["another cluster", "signature", { clusterId: digest("other") }, {}],
    ["another configuration", "signature", { configDigest: digest("other") }, {}],
    ["another key", "key", {}, { keyId: new Uint8Array(8) }],
  ])("does not take a signature made in %s", (_, expected, place, signer) => {
    const context = contextOf(3);
    const strange = signatureOf(context, message, 1, { place, signer });
    expect(fault(write([...of(context, 0), strange]), context)).toBe(expected);
  });

  it("does not take a signature over another claim, nor under another name", () => {
    const context = contextOf(3);
    const [first] = of(context, 0);
    const strange = signatureOf(context, other, 1);
    expect(fault(write([first as CertificateSignature, strange]), context)).toBe("signature");
  });

  it("keeps the incarnation of its signer, whatever it is, but not a changed one", () => {
    const context = contextOf(3);
    const later = signatureOf(context, message, 1, { signer: { incarnation: 9 } });
    expect(fault(write([...of(context, 0), later]), context)).toBeNull();
    expect(fault(write([...of(context, 0), { ...later, incarnation: 8 }]), context)).toBe(
      "signature",
    );
  });

  it("is judged under the configuration of its epoch alone", () => {
    const context = contextOf(3);
    const later = { ...context, config: { ...context.config, epoch: asEpoch(4) } };
    expect(fault(write(of(context, 0, 1)), later)).toBe("epoch");
  });
});
