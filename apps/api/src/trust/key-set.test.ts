import { ApiError } from "@quorate/contract";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import {
  keySetFreshMsMax,
  keySetLastGoodMsMax,
  keySetOldMsMax,
  keySetRereadMsMin,
} from "../limits.ts";
import { algorithms, readJwks } from "./jwks.ts";
import { createKeySet } from "./key-set.ts";

let first: JWK;
let second: JWK;

beforeAll(async () => {
  const keyOf = async (kid: string, algorithm: string): Promise<JWK> => {
    const { publicKey } = await generateKeyPair(algorithm, { extractable: true });
    return { ...(await exportJWK(publicKey)), kid };
  };
  first = await keyOf("first", "EdDSA");
  second = await keyOf("second", "ES256");
});

/** A key set whose source and clock are the test's. */
async function startSet(keys: readonly JWK[]) {
  const at = { ms: 1_000_000, keys, isBroken: false, reads: 0, failures: 0 };
  const set = createKeySet({
    source: () => {
      at.reads += 1;
      return at.isBroken
        ? Promise.reject(new Error("no answer"))
        : Promise.resolve(JSON.stringify({ keys: at.keys }));
    },
    reading: { algorithms, isStrict: true },
    nowMs: () => at.ms,
    onFailure: () => (at.failures += 1),
  });
  await set.read();
  return { at, set };
}

describe("a key set", () => {
  it("is read for an unknown key at most once in 30 s, however many ask", async () => {
    const { at, set } = await startSet([first]);
    expect(set.find("second")).toBe(null);
    expect(at.reads).toBe(1);
    at.ms += keySetRereadMsMin;
    at.keys = [first, second];
    const found = await Promise.all(Array.from({ length: 100 }, async () => set.find("second")));
    expect(found.every((key) => key?.algorithm === "ES256")).toBe(true);
    expect(set.find("third")).toBe(null);
    expect(at.reads).toBe(2);
  });

  it("is read again beside the work when it is no longer fresh, and before it when it is old", async () => {
    const { at, set } = await startSet([first]);
    const known = set.find("first");
    at.ms += keySetFreshMsMax;
    expect(set.find("first")).toBe(known);
    expect(at.reads).toBe(1);
    at.ms += 1;
    expect(set.find("first")).toBe(known);
    expect(at.reads).toBe(2);
    // Whoever asks for what is not known waits for the reading that goes on.
    expect(await set.find("second")).toBe(null);
    at.ms += keySetOldMsMax + 1;
    at.keys = [second];
    expect(await set.find("first")).toBe(null);
  });

  it("keeps a key that is published as before, so that tokens need not be verified again", async () => {
    const { at, set } = await startSet([first]);
    const known = set.find("first");
    at.keys = [second, first];
    await set.read();
    expect(set.find("first")).toBe(known);
  });

  it("stays in force for a day while its source is broken, then nobody is let in, nor told that he is wrong", async () => {
    const { at, set } = await startSet([first]);
    const known = set.find("first");
    at.isBroken = true;
    at.ms += keySetLastGoodMsMax;
    expect(await set.find("first")).toBe(known);
    expect(at.failures).toBe(1);
    at.ms += 1;
    const refused = async () => set.find("first");
    await expect(refused()).rejects.toMatchObject({ code: "starting" });
    at.isBroken = false;
    at.ms += keySetRereadMsMin;
    expect(await set.find("first")).toBe(known);
  });

  it("that was never read lets nobody in", async () => {
    const set = createKeySet({
      source: () => Promise.reject(new Error("no answer")),
      reading: { algorithms, isStrict: false },
      nowMs: () => 1_000_000,
      onFailure: () => {},
    });
    await expect(async () => set.find("first")).rejects.toThrow(ApiError);
    expect(set.published()).toEqual([]);
  });

  it("stays as it was when the new one is bad", async () => {
    const { at, set } = await startSet([first]);
    at.keys = [first, { ...first }];
    await expect(set.read()).rejects.toThrow("twice");
    expect(set.published()).toEqual([first]);
  });
});

describe("a published set", () => {
  const read = (keys: readonly JWK[], isStrict: boolean) =>
    readJwks(JSON.stringify({ keys }), { algorithms, isStrict });

  it("may have keys for other purposes at an address, not in a file", async () => {
    const others: readonly JWK[] = [
      { ...second, kid: "enc", use: "enc" },
      { kty: "RSA", kid: "rs", alg: "RS256", n: "AQAB", e: "AQAB" },
      { kty: "EC", crv: "P-521", kid: "p521", x: "AQ", y: "AQ" },
      { kty: "XX", kid: "new" },
    ];
    expect([...(await read([...others, first], false)).keys()]).toEqual(["first"]);
    await Promise.all(
      others.map((other) => expect(read([other, first], true)).rejects.toThrow(Error)),
    );
    await expect(read(others, false)).rejects.toThrow("no key that can be used");
  });

  it("with a private or a shared key is refused, wherever it comes from", async () => {
    const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
    const secrets = [
      { ...(await exportJWK(privateKey)), kid: "private" },
      { kty: "oct", kid: "shared", k: "AQAB" },
    ];
    for (const secret of secrets) {
      for (const isStrict of [true, false]) {
        await expect(read([secret, first], isStrict)).rejects.toThrow("not a public key");
      }
    }
  });

  it("has only keys of algorithms that the issuer may use", async () => {
    const text = JSON.stringify({ keys: [first, second] });
    const keys = await readJwks(text, { algorithms: ["ES256"], isStrict: false });
    expect([...keys.keys()]).toEqual(["second"]);
  });

  it("names no member twice, and is JSON", async () => {
    const reading = { algorithms, isStrict: false };
    for (const text of ["", "[]", '{"keys":[]}', '{"keys":[],"keys":[]}', '{"keys":{}}']) {
      await expect(readJwks(text, reading)).rejects.toThrow(Error);
    }
  });
});
