/** The contract's pure readers against data and platform functions that pure packages may not name. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { formatTime, parseTime, scanJson, timeMsMax } from "@quorate/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const suite = new URL("../../../../../shared/vectors/jsontestsuite/", import.meta.url);

/** Texts that RFC 8259 allows and we refuse on purpose. */
const refusedOnPurpose = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];

describe.skipIf(!existsSync(suite))("JSONTestSuite", () => {
  const names = existsSync(suite) ? readdirSync(suite) : [];
  const scan = (name: string) => scanJson(readFileSync(new URL(encodeURIComponent(name), suite)));

  it("every text that must be refused is refused", () => {
    const accepted = names.filter((name) => name.startsWith("n_") && scan(name).ok);
    expect(accepted).toEqual([]);
  });

  it("every text that must be accepted is accepted, but duplicate keys", () => {
    const refused = names.filter((name) => name.startsWith("y_") && !scan(name).ok);
    expect(refused).toEqual(refusedOnPurpose);
  });

  it("whatever is accepted of the free texts, JSON.parse accepts too", () => {
    for (const name of names.filter((each) => each.startsWith("i_") && scan(each).ok)) {
      expect(() =>
        JSON.parse(readFileSync(new URL(encodeURIComponent(name), suite), "utf8")),
      ).not.toThrow();
    }
  });

  it("no free text with ill-formed Unicode is accepted", () => {
    const accepted = names.filter((name) => name.startsWith("i_string") && scan(name).ok);
    expect(accepted).toEqual([]);
  });
});

describe("times", () => {
  it("are written as Date writes them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: timeMsMax }), (timeMs) => {
        expect(formatTime(timeMs)).toBe(new Date(timeMs).toISOString());
        expect(parseTime(formatTime(timeMs))).toBe(timeMs);
      }),
      { numRuns: 5000 },
    );
  });
});
