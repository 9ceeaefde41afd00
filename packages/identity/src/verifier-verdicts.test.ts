import { describe, expect, it } from "vitest";
import { nodeCrypto } from "./node-crypto.ts";
import { assertVerifierVerdicts, VerifierVerdictError } from "./verifier-verdicts.ts";

describe("assertVerifierVerdicts", () => {
  it("is content with this machine's cryptography", () => {
    expect(() => assertVerifierVerdicts()).not.toThrow();
  });

  it("refuses a verifier that accepts or refuses one case differently", () => {
    for (const answer of [true, false]) {
      const changed = { ...nodeCrypto, verify: () => answer };
      expect(() => assertVerifierVerdicts(changed)).toThrow(VerifierVerdictError);
    }
  });
});
