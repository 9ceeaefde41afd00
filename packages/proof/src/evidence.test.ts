import { bytesConcat, DecodeError, hexDecode, hexEncode, present } from "@quorate/prelude";
import { asEpoch, asOp, asView, type CommitCertificate } from "@quorate/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeEvidence,
  encodeEvidence,
  type Evidence,
  evidenceBytesMax,
  evidenceKinds,
  pairKinds,
  pairOf,
} from "./evidence.ts";
import golden from "./golden/evidence-1.json" with { type: "json" };
import { digest } from "./testing/statements.ts";

const certificate: CommitCertificate = {
  epoch: asEpoch(1),
  view: asView(2),
  op: asOp(3),
  headerHash: digest("entry"),
  signatures: [
    { sender: 1, keyId: new Uint8Array(8).fill(4), incarnation: 5, signature: digest64("one") },
  ],
};

function digest64(text: string): Uint8Array {
  return bytesConcat(digest(text), digest(text));
}

const examples: readonly Evidence[] = [
  ...pairKinds.map((kind) => pairOf(kind, digest("statement"), digest("another"))),
  { kind: "two-certificates", first: certificate, second: { ...certificate, view: asView(9) } },
  { kind: "revoked-key", statement: digest("statement"), keyEpoch: asEpoch(7) },
  { kind: "unfounded-start-view", statement: digest("statement") },
];

describe("records of evidence", () => {
  it("has an example of every kind", () => {
    expect(examples.map(({ kind }) => kind)).toEqual(evidenceKinds);
    expect(Object.keys(golden)).toEqual(evidenceKinds);
  });

  it.each(Object.entries(golden))("keeps the bytes of %s for ever", (kind, hex) => {
    const example = present(examples.find((each) => each.kind === kind));
    expect(hexEncode(encodeEvidence(example))).toBe(hex);
    expect(decodeEvidence(present(hexDecode(hex)))).toEqual(example);
  });

  it("makes one record of one pair, whichever came first", () => {
    const one = encodeEvidence(pairOf("two-prepares", digest("a"), digest("b")));
    expect(encodeEvidence(pairOf("two-prepares", digest("b"), digest("a")))).toEqual(one);
  });

  it("refuses trailing bytes, another first byte, an unknown kind and a pair out of order", () => {
    const bytes = encodeEvidence(pairOf("two-prepares", Uint8Array.of(1), Uint8Array.of(2)));
    const swapped = Uint8Array.of(...bytes.slice(0, 2), ...bytes.slice(7), ...bytes.slice(2, 7));
    const refused = [
      bytesConcat(bytes, Uint8Array.of(0)),
      bytesConcat(Uint8Array.of(0xfe), bytes.slice(1)),
      Uint8Array.of(0xfd, evidenceKinds.length, ...bytes.slice(2)),
      swapped,
      encodeEvidence(pairOf("two-prepares", Uint8Array.of(1), Uint8Array.of(1))),
      new Uint8Array(evidenceBytesMax + 1).fill(0xfd),
      bytes.slice(0, -1),
      new Uint8Array(0),
    ];
    for (const each of refused) expect(() => decodeEvidence(each)).toThrow(DecodeError);
  });

  it("whatever is read is written again as the same bytes", () => {
    const mutated = fc
      .tuple(fc.constantFrom(...examples), fc.nat(), fc.nat(255), fc.nat(3))
      .map(([example, at, byte, cut]) => {
        const bytes = encodeEvidence(example);
        bytes[at % bytes.length] = byte;
        return bytes.slice(0, bytes.length - (cut === 3 ? at % 5 : 0));
      });
    fc.assert(
      fc.property(mutated, (bytes) => {
        try {
          expect(encodeEvidence(decodeEvidence(bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
