import { asView } from "@quorate/protocol";
import { signedConfigWith } from "@quorate/protocol/testing";
import { expect, test } from "vitest";
import { type Standing, StandingReporter } from "./standing.ts";

const config = signedConfigWith(["voter", "voter", "voter"]);

function reporter() {
  const [lines, counted]: [unknown[], string[]] = [[], []];
  const note = (...line: unknown[]) => void lines.push(line);
  const log = { debug: note, info: note, warn: note, error: note };
  const metrics = {
    count: (name: string) => void counted.push(name),
    gauge: () => undefined,
    observe: () => undefined,
  };
  return { reporter: new StandingReporter({ config, log, metrics }), lines, counted };
}

const standing = (view: number, more: Partial<Standing> = {}): Standing => ({
  status: "normal",
  view: asView(view),
  isActing: false,
  executed: 17,
  ...more,
});

test("the log names the primary of the view, and says whether it is this replica", () => {
  const { reporter: told, lines } = reporter();
  told.tell(standing(4, { isActing: true }));
  const primary = config.members[1]?.id;
  expect(primary).toBeDefined();
  const fields = { status: "normal", view: 4, primary, isPrimary: true, commit: 17 };
  expect(lines).toEqual([["status changed", fields]]);
});

test("a view that is entered is counted once, and the one of the start not at all", () => {
  const { reporter: told, counted } = reporter();
  told.tell(standing(4));
  expect(counted).toEqual([]);
  told.tell(standing(5, { status: "view-change" }));
  told.tell(standing(5));
  expect(counted).toEqual(["quorate_view_changes_total"]);
});
