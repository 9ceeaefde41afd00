import { describe, expect, it } from "vitest";
import { formatTime, parseTime, timeMsMax } from "./times.ts";

describe("times", () => {
  it("are written in UTC with three decimals", () => {
    expect(formatTime(0)).toBe("1970-01-01T00:00:00.000Z");
    expect(formatTime(951_782_400_000)).toBe("2000-02-29T00:00:00.000Z");
    expect(formatTime(1_795_406_706_789)).toBe("2026-11-23T04:05:06.789Z");
    expect(formatTime(timeMsMax)).toBe("9999-12-31T23:59:59.999Z");
  });

  it("are read with any offset and cut to milliseconds", () => {
    const timeMs = 1_795_406_706_789;
    expect(parseTime("2026-11-23T04:05:06.789Z")).toBe(timeMs);
    expect(parseTime("2026-11-23T06:05:06.7899999+02:00")).toBe(timeMs);
    expect(parseTime("2026-11-22t18:35:06.789-09:30")).toBe(timeMs);
    expect(parseTime("2026-11-23T04:05:06Z")).toBe(timeMs - 789);
    expect(parseTime("2026-11-23T04:05:06.7891234567891Z")).toBe(timeMs);
    expect(parseTime("2024-02-29T00:00:00Z")).toBe(1_709_164_800_000);
  });

  it("before 1970 are read as 1970", () => {
    for (const text of [
      "1969-12-31T23:59:59.999Z",
      "0001-01-01T00:00:00Z",
      "1970-01-01T01:00:00+02:00",
    ]) {
      expect(parseTime(text), text).toBe(0);
    }
  });

  it("may be leap seconds at the end of a month in UTC, which are read as the second after", () => {
    for (const [leap, after] of [
      ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"],
      ["2015-06-30T23:59:60.25Z", "2015-07-01T00:00:00.25Z"],
      ["1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"],
      ["2024-02-29T23:59:60Z", "2024-03-01T00:00:00Z"],
    ] as const) {
      expect(parseTime(leap), leap).toBe(Date.parse(after));
    }
  });

  it("that do not exist are refused", () => {
    for (const text of [
      "2026-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-11-23T24:00:00Z",
      "2026-11-23T04:05:60Z",
      "2026-11-23T23:59:60Z",
      "2024-02-28T23:59:60Z",
      "2016-12-31T23:59:60-08:00",
      "2016-12-31T23:59:61Z",
      "9999-12-31T23:59:60Z",
      "2026-11-23T04:05:06",
      "2026-11-23 04:05:06Z",
      "2026-11-23T04:05:06+24:00",
      "9999-12-31T23:59:59-00:01",
      "23 Nov 2026",
      "",
    ]) {
      expect(parseTime(text), text).toBeNull();
    }
  });
});
