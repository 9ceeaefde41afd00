import fc from "fast-check";
import { expect, test } from "vitest";
import { depthParts, depthSharesOf } from "./depth-bar.tsx";

test("the shares fill the bar without gaps, in order, and each part that exists shows", () => {
  const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 25_000_000 }));
  const stats = fc.record({
    ready: count,
    blocked: count,
    leased: count,
    scheduled: count,
    dead: count,
    bytes: count,
    oldestReadyAgeMs: fc.constant(null),
  });
  fc.assert(
    fc.property(stats, (depths) => {
      const shares = depthSharesOf(depths);
      expect(shares.map((share) => share.part)).toEqual(
        depthParts.filter((part) => depths[part] > 0),
      );
      let right = 0;
      for (const share of shares) {
        expect(share.x).toBeCloseTo(right);
        expect(share.width).toBeGreaterThan(1);
        right = share.x + share.width;
      }
      if (shares.length > 0) expect(right).toBeCloseTo(100);
    }),
  );
});
