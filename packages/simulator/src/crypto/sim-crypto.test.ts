import { Prng, utf8Encode } from "@quorate/prelude";
import { expect, test } from "vitest";
import { SimKeys } from "./sim-crypto.ts";

test.each(["keyed", "real"] as const)(
  "%s: a signature is good for its key and bytes alone",
  (kind) => {
    const keys = new SimKeys(kind);
    const [mine, theirs] = [keys.signerFor("mine"), keys.signerFor("theirs")];
    const crypto = keys.cryptoFor(new Prng(1));
    const bytes = utf8Encode("what was said");
    const signature = mine.sign(bytes);
    expect(crypto.verify(mine.publicKey, bytes, signature)).toBe(true);
    expect(crypto.verify(theirs.publicKey, bytes, signature)).toBe(false);
    expect(crypto.verify(mine.publicKey, utf8Encode("what was sand"), signature)).toBe(false);
    expect(crypto.verify(mine.publicKey, bytes, signature.toReversed())).toBe(false);
    expect(crypto.verify(mine.publicKey, bytes, signature.slice(1))).toBe(false);
  },
);

test.each(["keyed", "real"] as const)(
  "%s: a digest depends on every byte and on the order",
  (kind) => {
    const { sha256 } = new SimKeys(kind);
    const inputs = ["", "a", "b", "ab", "ba", "abc", "x".repeat(2_000)].map(utf8Encode);
    expect(new Set(inputs.map((input) => sha256(input).toString())).size).toBe(inputs.length);
    expect(sha256(utf8Encode("a"), utf8Encode("bc"))).toEqual(sha256(utf8Encode("abc")));
  },
);
