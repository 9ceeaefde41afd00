/**
 * Other people's vectors against our verifier. The files lie beside the checkout, in
 * `../shared/vectors`; without them these tests are skipped and say so.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeCrypto, reasonAgainstPublicKey, signerOfSeed } from "@quorate/identity";
import { hexDecode, hexEncode, present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "../../../shared/vectors");
const hasVectors = existsSync(folder);
if (!hasVectors) console.warn("skipped: the public ed25519 vectors are not beside the checkout");

const bytesOf = (hex: string) => present(hexDecode(hex));
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

interface WycheproofFile {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: string;
    }[];
  }[];
}
interface Rfc8032Vector {
  readonly secretKey: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}
interface SpeccheckCase {
  readonly message: string;
  readonly pub_key: string;
  readonly signature: string;
}

describe.skipIf(!hasVectors)("ed25519", () => {
  it("agrees with all 151 verdicts of Wycheproof", () => {
    const { testGroups }: WycheproofFile = read("wycheproof-ed25519.json");
    let count = 0;
    for (const { publicKey, tests } of testGroups) {
      for (const { tcId, msg, sig, result } of tests) {
        const verdict = nodeCrypto.verify(bytesOf(publicKey.pk), bytesOf(msg), bytesOf(sig));
        expect(verdict, `tcId ${tcId}`).toBe(result === "valid");
        count += 1;
      }
    }
    expect(count).toBe(151);
  });

  it("makes the keys and signatures of RFC 8032 §7.1", () => {
    const vectors: readonly Rfc8032Vector[] = read("rfc8032-ed25519.json");
    expect(vectors).toHaveLength(5);
    for (const { secretKey, publicKey, message, signature } of vectors) {
      const signer = signerOfSeed(bytesOf(secretKey));
      expect(hexEncode(signer.publicKey)).toBe(publicKey);
      expect(hexEncode(signer.sign(bytesOf(message)))).toBe(signature);
      expect(nodeCrypto.verify(signer.publicKey, bytesOf(message), bytesOf(signature))).toBe(true);
      expect(reasonAgainstPublicKey(signer.publicKey)).toBeNull();
    }
  });

  it("gives the twelve verdicts of speccheck that this build is pinned to", () => {
    const cases: readonly SpeccheckCase[] = read("ed25519-speccheck.json");
    const verdicts = cases.map(({ pub_key, message, signature }) =>
      nodeCrypto.verify(bytesOf(pub_key), bytesOf(message), bytesOf(signature)) ? "V" : "X",
    );
    expect(verdicts.join("")).toBe("XXXVXXXXXXXX");
  });

  it("admits of the twelve keys of speccheck only the two without a crafted point", () => {
    const cases: readonly SpeccheckCase[] = read("ed25519-speccheck.json");
    const reasons = cases.map(({ pub_key }) => reasonAgainstPublicKey(bytesOf(pub_key)));
    expect(reasons.join(" ")).toBe(
      "small-order small-order mixed-order mixed-order mixed-order mixed-order   mixed-order " +
        "mixed-order not-canonical not-canonical",
    );
  });
});
