/**
 * Other people's signatures and key sets against our token verifier. The files lie beside the
 * checkout, in `../shared/vectors`; without them these tests are skipped and say so.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError } from "@quorate/contract";
import { compactVerify, errors } from "jose";
import * as z from "zod";
import { afterAll, describe, expect, it } from "vitest";
import { keyIdOf, readToken } from "./compact-token.ts";
import { type KeySet, loadKeySet } from "./key-set.ts";
import { createTokenVerifier } from "./token.ts";

const vectors = new URL("../../../../shared/vectors/", import.meta.url);
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

const folder = mkdtempSync(join(tmpdir(), "quorate-jws-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function vectorsIn(name: string): Promise<readonly Vector[]> {
  const { testGroups } = VectorFile.parse(JSON.parse(readFileSync(new URL(name, vectors), "utf8")));
  const groups = testGroups.map(async (group) => {
    const keys = await keySetOf(group.public ?? group.private);
    return group.tests.map(({ tcId, jws, result }) => {
      const token = typeof jws === "string" ? jws : JSON.stringify(jws);
      return { id: tcId, token, isValid: result === "valid", keys };
    });
  });
  return (await Promise.all(groups)).flat();
}

let filesWritten = 0;
/** As an issuer would publish it. */
async function keySetOf(jwks: z.infer<typeof Keys>): Promise<KeySet | null> {
  const file = join(folder, `${filesWritten++}.json`);
  writeFileSync(file, JSON.stringify(jwks));
  try {
    return await loadKeySet(file, () => 0);
  } catch {
    // Whatever is wrong with a set, the process that is to use it does not start.
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

describe.skipIf(!hasVectors)("Wycheproof's JSON web signatures", () => {
  it("of all 401, none that must be refused is accepted", async () => {
    const all = await vectorsIn("wycheproof-jws.json");
    expect(all).toHaveLength(401);
    expect(await acceptedOf(all.filter(({ isValid }) => !isValid))).toEqual([]);
  });

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
  it("of all 26, none that must be refused is accepted", async () => {
    const all = await vectorsIn("wycheproof-jwk.json");
    expect(all).toHaveLength(26);
    expect(await acceptedOf(all.filter(({ isValid }) => !isValid))).toEqual([]);
  });
});
