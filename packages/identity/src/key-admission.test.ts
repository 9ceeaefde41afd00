import { hexDecode, present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { reasonAgainstPublicKey } from "./key-admission.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { signerOfSeed } from "./seed-signer.ts";

const reasonOf = (hex: string) => reasonAgainstPublicKey(present(hexDecode(hex)));
const zeros = (count: number) => "00".repeat(count);

describe("reasonAgainstPublicKey", () => {
  it("admits the keys that signers have", () => {
    for (let round = 0; round < 20; round++) {
      const { publicKey } = signerOfSeed(nodeCrypto.randomBytes(32));
      expect(reasonAgainstPublicKey(publicKey)).toBeNull();
    }
  });

  it("refuses every canonical encoding of a point of small order", () => {
    const order8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03";
    const otherOrder8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc";
    const encodings = [
      `01${zeros(31)}`,
      `ec${"ff".repeat(30)}7f`,
      zeros(32),
      `${zeros(31)}80`,
      `${otherOrder8}05`,
      `${otherOrder8}85`,
      `${order8}7a`,
      `${order8}fa`,
    ];
    for (const encoding of encodings) expect(reasonOf(encoding)).toBe("small-order");
  });

  it("refuses an encoding that is not the shortest number or has a sign without an x", () => {
    const encodings = [
      `01${zeros(30)}80`,
      `ec${"ff".repeat(31)}`,
      `ed${"ff".repeat(30)}7f`,
      `ee${"ff".repeat(31)}`,
      "ff".repeat(32),
    ];
    for (const encoding of encodings) expect(reasonOf(encoding)).toBe("not-canonical");
  });

  it("refuses bytes that are no point of the curve, which node:crypto imports", () => {
    expect(reasonOf(`02${zeros(31)}`)).toBe("not-on-curve");
  });

  it("refuses a key with a part of small order", () => {
    const mixed = "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d";
    expect(reasonOf(mixed)).toBe("mixed-order");
  });

  it("refuses every other length", () => {
    expect(reasonOf(zeros(31))).toBe("wrong-length");
    expect(reasonOf(zeros(33))).toBe("wrong-length");
  });
});
