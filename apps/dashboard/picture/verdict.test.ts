import { expect, test } from "vitest";
import { fixtures, lagFive, noQuorum, normalThree, single } from "./fixtures.ts";
import { fresh } from "./freshness.ts";
import { verdictOf } from "./verdict.ts";

test("the badge says how many may stop", () => {
  expect(verdictOf(normalThree, fresh)).toMatchObject({ tone: "commit", badge: "Can lose 1" });
  expect(verdictOf({ ...normalThree, canLose: 0 }, fresh).badge).toBe("Can lose none");
  expect(verdictOf(single, fresh).badge).toBe("No fault tolerance");
  expect(verdictOf(noQuorum, fresh)).toMatchObject({ tone: "fault", badge: "No quorum" });
});

test("when losing one means waiting for one that lags, the badge says so", () => {
  expect(verdictOf(lagFive, fresh).badge).toBe("Can lose 1, then waits for r1");
  const roomy = { ...lagFive, reachable: 5, canLose: 1 };
  expect(verdictOf(roomy, fresh).badge).toBe("Can lose 1");
});

test("nothing that is not current has a state’s hue or claims a number that may stop", () => {
  for (const { picture } of fixtures) {
    for (const tier of ["stale", "offline"] as const) {
      const verdict = verdictOf(picture, { tier, ageMs: 20_000 });
      expect(verdict.tone).toBe("quiet");
      expect(verdict.badge).not.toContain("lose");
    }
  }
});

test("headlines hold no numbers, so that they are announced only when the state changes", () => {
  for (const { picture, freshness } of fixtures) {
    expect(verdictOf(picture, freshness).headline).not.toMatch(/\d/);
  }
});
