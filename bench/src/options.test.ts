import { expect, test } from "vitest";
import { parseBenchOptions, UsageError } from "./options.ts";

const names = ["one", "batch"];

test("without arguments everything is measured for as long as it takes", () => {
  const options = { only: null, seconds: 5, messages: 20_000, kills: 5, profileFolder: null };
  expect(parseBenchOptions([], names)).toEqual(options);
});

test("some measurements, other lengths", () => {
  const args = ["--only", "one, batch", "--seconds", "2", "--kills", "20", "--profile", "p"];
  expect(parseBenchOptions(args, names)).toMatchObject({
    only: ["one", "batch"],
    seconds: 2,
    kills: 20,
    profileFolder: "p",
  });
});

test.each([[["--only", "none"]], [["--seconds", "0"]], [["--fast"]], [["x"]]])(
  "%j is refused with the way to say it",
  (args) => {
    expect(() => parseBenchOptions(args, names)).toThrow(UsageError);
  },
);
