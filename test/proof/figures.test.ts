import { expect, test } from "vitest";
import { all, amount, atMost, missesOf, none, percentile, tableOf } from "./figures.ts";

test("too little work is void, and enough is met", () => {
  expect(amount("rounds", 99, 100).verdict).toBe("void");
  expect(amount("rounds", 100, 100).verdict).toBe("met");
});

test("one case of what must not happen is a miss", () => {
  expect(none("lost", 1).verdict).toBe("missed");
  expect(none("lost", 0).verdict).toBe("met");
  expect(all("refused", 9, 10).verdict).toBe("missed");
  expect(all("refused", 10, 10).verdict).toBe("met");
});

test("a bound is met up to itself, and nothing measured is void", () => {
  expect(atMost("p50", 400, 400, "ms").verdict).toBe("met");
  expect(atMost("p50", 400.1, 400, "ms").verdict).toBe("missed");
  expect(atMost("p50", percentile([], 0.5), 400, "ms").verdict).toBe("void");
});

test("the table names figure, requirement, measurement and verdict, in columns", () => {
  const table = tableOf([amount("simulated hours", 1_234.567, 100), none("lost messages", 2)]);
  expect(table.split("\n")).toEqual([
    "        figure           required  measured",
    "ok      simulated hours  >= 100    1,234.57",
    "FAILED  lost messages    0         2",
  ]);
});

test("what was missed is told with the name of its figure, and nothing else is", () => {
  const figures = [
    amount("seeds", 2, 1),
    none("violations", 1, ["seed 7: safety"]),
    none("lost", 1),
  ];
  expect(missesOf(figures)).toEqual(["violations: seed 7: safety"]);
  expect(missesOf(figures.slice(0, 1))).toEqual([]);
});
