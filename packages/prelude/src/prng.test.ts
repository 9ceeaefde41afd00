import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Prng } from "./prng.ts";

const mask = 0xffff_ffffn;
const rotate = (word: bigint, bits: bigint): bigint =>
  ((word << bits) | (word >> (32n - bits))) & mask;

/** The published algorithms (splitmix32 as seed, xoshiro128**), in another arithmetic. */
function* reference(seed: number): Generator<number> {
  let state = (BigInt(seed) ^ (BigInt(seed) >> 32n)) & mask;
  const splitmix = (): bigint => {
    state = (state + 0x9e3779b9n) & mask;
    let mixed = state ^ (state >> 16n);
    mixed = (mixed * 0x21f0aaadn) & mask;
    mixed ^= mixed >> 15n;
    mixed = (mixed * 0x735a2d97n) & mask;
    return mixed ^ (mixed >> 15n);
  };
  let [s0, s1, s2, s3] = [splitmix(), splitmix(), splitmix(), splitmix()];
  while (true) {
    yield Number((rotate((s1 * 5n) & mask, 7n) * 9n) & mask);
    const t = (s1 << 9n) & mask;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotate(s3, 11n);
  }
}

describe("the seeded generator", () => {
  it("gives these numbers for these seeds, for ever", () => {
    const firstOf = (seed: number): number[] => {
      const prng = new Prng(seed);
      return [prng.next(), prng.next(), prng.next()];
    };
    expect(firstOf(0)).toEqual([1_789_933_344, 44_971_166, 2_521_387_044]);
    expect(firstOf(1)).toEqual([393_288_148, 2_174_103_013, 3_814_759_091]);
    expect(firstOf(2 ** 40 + 7)).toEqual([1_814_506_324, 3_221_904_288, 3_467_598_780]);
  });

  it("is xoshiro128** seeded with splitmix32", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seed) => {
        const prng = new Prng(seed);
        const expected = reference(seed);
        for (let count = 0; count < 20; count++) expect(prng.next()).toBe(expected.next().value);
      }),
    );
  });

  it("looks at both halves of a seed", () => {
    expect(new Prng(2 ** 40).next()).not.toBe(new Prng(0).next());
    expect(new Prng(1).next()).not.toBe(new Prng(0).next());
  });

  it("draws waiting times of the mean that it is asked for, and none below zero", () => {
    const prng = new Prng(1);
    const times = Array.from({ length: 10_000 }, () => prng.exponential(50));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(times.reduce((sum, time) => sum + time) / times.length - 50)).toBeLessThan(2);
  });

  it("keeps to the ranges that it is asked for", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, bound) => {
        const prng = new Prng(seed);
        const fraction = prng.fraction();
        expect(fraction >= 0 && fraction < 1).toBe(true);
        const below = prng.below(bound);
        expect(Number.isInteger(below) && below >= 0 && below < bound).toBe(true);
        const between = prng.between(-3, 3);
        expect(between >= -3 && between <= 3).toBe(true);
        expect(prng.chance(0)).toBe(false);
        expect(prng.chance(1)).toBe(true);
      }),
    );
  });

  it("shuffles without loss, picks what is there, and draws bytes of every value", () => {
    const prng = new Prng(5);
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = prng.shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
    expect(items).toContain(prng.pick(items));
    expect(new Set(prng.bytes(10_000)).size).toBe(256);
  });

  it("forks into generators that go their own way", () => {
    const [one, other] = [new Prng(9), new Prng(9)];
    const fork = one.fork();
    expect(fork.next()).toBe(other.fork().next());
    fork.bytes(100);
    expect(one.next()).toBe(other.next());
    expect(new Prng(9).fork().next()).not.toBe(new Prng(9).next());
  });
});
