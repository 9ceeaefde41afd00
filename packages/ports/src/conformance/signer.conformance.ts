import { bytesConcat, hexEncode, utf8Encode } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import type { Crypto, Signer } from "../crypto.ts";

/** Two key pairs, and the crypto that verifies what they sign. */
export interface SignerRig {
  readonly signer: Signer;
  readonly other: Signer;
  readonly crypto: Crypto;
}

const statement = utf8Encode("what was said");

/** What every Signer and Crypto must do. Call it in a test file with a way to make them. */
export function signerConformance(create: () => SignerRig): void {
  describe("Signer and Crypto", () => {
    signingConformance(create);
    hashingConformance(create);
  });
}

function signingConformance(create: () => SignerRig): void {
  it("verifies what the signer signed", () => {
    const { signer, crypto } = create();
    const signature = signer.sign(statement);
    expect(signer.publicKey).toHaveLength(32);
    expect(signature).toHaveLength(64);
    expect(crypto.verify(signer.publicKey, statement, signature)).toBe(true);
  });

  it("signs equal bytes equally", () => {
    const { signer } = create();
    expect(hexEncode(signer.sign(statement))).toBe(hexEncode(signer.sign(statement)));
  });

  it("refuses other bytes, another key and every flipped bit of a signature", () => {
    const { signer, other, crypto } = create();
    const signature = signer.sign(statement);
    expect(crypto.verify(signer.publicKey, utf8Encode("not this"), signature)).toBe(false);
    expect(crypto.verify(other.publicKey, statement, signature)).toBe(false);
    for (let bit = 0; bit < signature.length * 8; bit++) {
      expect(crypto.verify(signer.publicKey, statement, flipBit(signature, bit))).toBe(false);
    }
  });

  it("answers false, and never throws, for keys and signatures of any length", () => {
    const { signer, crypto } = create();
    const signature = signer.sign(statement);
    for (let length = 0; length <= 96; length++) {
      const bytes = new Uint8Array(length);
      expect(crypto.verify(bytes, statement, signature)).toBe(false);
      if (length === 64) continue;
      expect(crypto.verify(signer.publicKey, statement, bytes)).toBe(false);
    }
  });
}

function hashingConformance(create: () => SignerRig): void {
  it("hashes parts as the bytes that they make together", () => {
    const { crypto } = create();
    const parts = [utf8Encode("a"), new Uint8Array(0), utf8Encode("bc")];
    const expected = hexEncode(crypto.sha256(bytesConcat(...parts)));
    expect(hexEncode(crypto.sha256(...parts))).toBe(expected);
    expect(expected).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("hashes no parts as the empty string", () => {
    const digest = hexEncode(create().crypto.sha256());
    expect(digest).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("draws as many random bytes as asked for, and never the same twice", () => {
    const { crypto } = create();
    expect(crypto.randomBytes(0)).toHaveLength(0);
    expect(crypto.randomBytes(33)).toHaveLength(33);
    expect(hexEncode(crypto.randomBytes(32))).not.toBe(hexEncode(crypto.randomBytes(32)));
  });
}

function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}
