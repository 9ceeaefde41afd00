import { signerConformance } from "@quorate/ports/conformance/signer";
import { hexEncode } from "@quorate/prelude";
import fc from "fast-check";
import nacl from "tweetnacl";
import { describe, expect, it } from "vitest";
import { nodeCrypto } from "./node-crypto.ts";
import { signerOfSeed } from "./seed-signer.ts";
import { addGroupOrder } from "./testing/malleated.ts";

const seed = (byte: number) => new Uint8Array(32).fill(byte);

signerConformance(() => ({
  signer: signerOfSeed(seed(1)),
  other: signerOfSeed(seed(2)),
  crypto: nodeCrypto,
}));

describe("nodeCrypto", () => {
  it("has tweetnacl's keys and signatures, for every seed and message", () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const messages = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(seeds, messages, (secret, message) => {
        const pair = nacl.sign.keyPair.fromSeed(secret);
        const signer = signerOfSeed(secret);
        expect(hexEncode(signer.publicKey)).toBe(hexEncode(pair.publicKey));
        const signature = signer.sign(message);
        expect(hexEncode(signature)).toBe(hexEncode(nacl.sign.detached(message, pair.secretKey)));
        expect(nodeCrypto.verify(pair.publicKey, message, signature)).toBe(true);
      }),
    );
  });

  it("refuses the second signature that malleability makes of every first one", () => {
    const signer = signerOfSeed(seed(3));
    const message = new Uint8Array(10);
    const malleated = addGroupOrder(signer.sign(message));
    expect(nacl.sign.detached.verify(message, malleated, signer.publicKey)).toBe(true);
    expect(nodeCrypto.verify(signer.publicKey, message, malleated)).toBe(false);
  });

  it("hashes parts as it hashes their concatenation, whatever their length", () => {
    for (const length of [0, 1, 4_000, 4_095, 4_096, 4_097, 10_000]) {
      const whole = nodeCrypto.randomBytes(length);
      const middle = Math.floor(length / 3);
      const parts = [whole.subarray(0, middle), new Uint8Array(0), whole.subarray(middle)];
      expect(hexEncode(nodeCrypto.sha256(...parts))).toBe(hexEncode(nodeCrypto.sha256(whole)));
    }
  });

  it("verifies with more keys than it keeps", () => {
    const message = new Uint8Array(1);
    const signers = Array.from({ length: 600 }, () => signerOfSeed(nodeCrypto.randomBytes(32)));
    for (const signer of [...signers, ...signers.slice(0, 50)]) {
      expect(nodeCrypto.verify(signer.publicKey, message, signer.sign(message))).toBe(true);
    }
  });

  it("gives arrays whose slice is a copy", () => {
    for (const bytes of [nodeCrypto.sha256(seed(1)), signerOfSeed(seed(1)).sign(seed(1))]) {
      expect(Buffer.isBuffer(bytes)).toBe(false);
    }
  });
});
