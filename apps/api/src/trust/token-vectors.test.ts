/**
 * Other people's signatures and key sets against our token verifier. The files lie beside the
 * checkout, in `../shared/vectors`; without them these tests are skipped and say so.
 */
import { existsSync, readFileSync } from "node:fs";
import { ApiError } from "@quorate/contract";
import { compactVerify, errors } from "jose";
import * as z from "zod";
import { describe, expect, it } from "vitest";
import { keyIdOf, readToken } from "./compact-token.ts";
import { createTokenVerifier } from "./token.ts";
import { algorithms } from "./jwks.ts";
import { createKeySet, type KeySet } from "./key-set.ts";

const vectors = new URL("../../../../../shared/vectors/", import.meta.url);
const hasVectors = existsSync(vectors);
if (!hasVectors) console.warn("skipped: Wycheproof's JWS vectors are not beside the checkout");

const Jwk = z.looseObject({});
const Keys = z.union([z.object({ keys: z.array(Jwk) }), Jwk.transform((jwk) => ({ keys: [jwk] }))]);
const VectorFile = z.object({
  testGroups: z.array(
    z.object({
      comment: z.string(),
      private: Keys,
      public: Keys.optional(),
      tests: z.array(
        z.object({ tcId: z.int(), jws: z.union([z.string(), Jwk]), result: z.string() }),
      ),
    }),
  ),
});

interface Vector {
  readonly id: number;
  readonly token: string;
  /** What Wycheproof says must come out. */
  readonly isValid: boolean;
  /** Null when the set itself is refused. */
  readonly keys: KeySet | null;
}

/** `isStrict`: as of a file that an operator wrote; else as of an issuer's address. */
async function vectorsIn(name: string, isStrict = true): Promise<readonly Vector[]> {
  const { testGroups } = VectorFile.parse(JSON.parse(readFileSync(new URL(name, vectors), "utf8")));
  const groups = testGroups.map(async (group) => {
    const keys = await keySetOf(group.public ?? group.private, isStrict);
    return group.tests.map(({ tcId, jws, result }) => {
      const token = typeof jws === "string" ? jws : JSON.stringify(jws);
      return { id: tcId, token, isValid: result === "valid", keys };
    });
  });
  return (await Promise.all(groups)).flat();
}

/** As an issuer would publish it; null when no gateway uses it. */
async function keySetOf(jwks: z.infer<typeof Keys>, isStrict: boolean): Promise<KeySet | null> {
  const keys = createKeySet({
    source: () => Promise.resolve(JSON.stringify(jwks)),
    reading: { algorithms, isStrict },
    nowMs: () => 0,
    onFailure: () => {},
  });
  try {
    await keys.read();
    return keys;
  } catch {
    return null;
  }
}

/** The way of every token, up to its claims: spelling, header, key, signature. */
async function isAccepted({ token, keys }: Vector): Promise<boolean> {
  if (keys === null) return false;
  try {
    const found = await keys.find(keyIdOf(readToken(token).header));
    if (found === null) return false;
    await compactVerify(token, found.key, { algorithms: [found.algorithm] });
    return true;
  } catch (error) {
    if (error instanceof ApiError || error instanceof errors.JOSEError) return false;
    throw error;
  }
}

async function acceptedOf(all: readonly Vector[]): Promise<readonly number[]> {
  const verdicts = await Promise.all(all.map(isAccepted));
  return all.filter((_, index) => verdicts[index]).map(({ id }) => id);
}

/** How keys are read: from a file, and from an issuer's address. */
const readings = [["of a file", true] as const, ["of an address", false] as const];

describe.skipIf(!hasVectors)("Wycheproof's JSON web signatures", () => {
  it.each(readings)(
    "of all 401, none that must be refused is accepted by keys %s",
    async (_, how) => {
      const all = await vectorsIn("wycheproof-jws.json", how);
      expect(all).toHaveLength(401);
      expect(await acceptedOf(all.filter(({ isValid }) => !isValid))).toEqual([]);
    },
  );

  it("of those that are good, exactly the ones that we take on purpose are accepted", async () => {
    const good = (await vectorsIn("wycheproof-jws.json")).filter(({ isValid }) => isValid);
    // ES256: 18 and 378; PS256: the others.
    expect(await acceptedOf(good)).toEqual([18, 273, 274, 275, 287, 288, 378]);
    // Refused: shared secrets, RS256 and other digests than SHA-256, P-521, an empty payload,
    // key ids with characters that ours never have.
    expect(good).toHaveLength(46);
  });

  it("none of them is a token: their payloads are no claims", async () => {
    for (const { token, keys } of await vectorsIn("wycheproof-jws.json")) {
      if (keys === null) continue;
      const issuer = { issuer: "undefined", audience: "any", maxAgeSeconds: 600, keys };
      const verifier = createTokenVerifier([issuer], () => 0);
      await expect(async () => verifier.verify(token)).rejects.toThrow(ApiError);
    }
  });
});

describe.skipIf(!hasVectors)("Wycheproof's JSON web keys", () => {
  it.each(readings)(
    "of all 26, none that must be refused is accepted by keys %s",
    async (_, how) => {
      const all = await vectorsIn("wycheproof-jwk.json", how);
      expect(all).toHaveLength(26);
      expect(await acceptedOf(all.filter(({ isValid }) => !isValid))).toEqual([]);
    },
  );
});
