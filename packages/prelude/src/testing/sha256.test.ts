import { expect, test } from "vitest";
import { hexEncode } from "../hex.ts";
import { utf8Encode } from "../utf8.ts";
import { sha256 } from "./sha256.ts";

/** What the platform has and a pure package may not name. */
declare const crypto: {
  readonly subtle: { digest(name: "SHA-256", bytes: Uint8Array): Promise<ArrayBuffer> };
};

const hex = (...parts: Uint8Array[]): string => hexEncode(sha256(...parts));

test("SHA-256 gives the digests of FIPS 180-4's examples, however the input is cut", () => {
  const two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  expect(hex(utf8Encode("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  expect(hex(utf8Encode(two.slice(0, 9)), utf8Encode(two.slice(9)))).toBe(
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
  expect(hex()).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("SHA-256 pads inputs at the edges of a block as WebCrypto does", () => {
  const lengths = [1, 55, 56, 63, 64, 65, 119, 120, 1_000];
  const checks = lengths.map((length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
    return crypto.subtle.digest("SHA-256", bytes).then((digest) => {
      expect(hex(bytes)).toBe(hexEncode(new Uint8Array(digest)));
    });
  });
  return Promise.all(checks);
});
