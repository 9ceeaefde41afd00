import * as fc from "fast-check";
import { expect, test } from "vitest";
import { base64Of, bytesOfBase64 } from "./base64.ts";

test("bytes come back from their base64, which is that of the platform", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      const text = base64Of(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64"));
      expect(bytesOfBase64(text)).toEqual(bytes);
    }),
    { numRuns: 30 },
  );
});
