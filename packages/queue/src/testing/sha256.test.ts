import { hexEncode, utf8Encode } from "@quorate/prelude";
import { expect, test } from "vitest";
import { sha256 } from "./sha256.ts";

test("SHA-256 gives the digests of FIPS 180-4's examples, however the input is cut", () => {
  const two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  expect(hexEncode(sha256(utf8Encode("abc")))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  expect(hexEncode(sha256(utf8Encode(two.slice(0, 9)), utf8Encode(two.slice(9))))).toBe(
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
  expect(hexEncode(sha256())).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});
