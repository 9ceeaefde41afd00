import { expect, test } from "vitest";
import { settingsOf } from "./options.ts";

test("an option that there is not is refused by its name, rather than left out silently", () => {
  const url = "http://gateway.test";
  expect(() => settingsOf(Object.assign({ url }, { tokn: "t" }))).toThrow(
    "there is no option tokn",
  );
  const coalesce = Object.assign({ windowMs: 1 }, { entries: 5 });
  expect(() => settingsOf({ url, coalesce })).toThrow("there is no option coalesce.entries");
  expect(settingsOf({ url, token: "t", timeoutMs: undefined }).timeoutMs).toBe(30_000);
});
