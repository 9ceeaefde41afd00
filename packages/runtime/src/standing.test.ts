import { asView } from "@quorate/protocol";
import { signedConfigWith } from "@quorate/protocol/testing";
import { expect, test } from "vitest";
import { logStanding } from "./standing.ts";

test("the log names the primary of the view, and says whether it is this replica", () => {
  const lines: unknown[] = [];
  const note = (...line: unknown[]) => void lines.push(line);
  const log = { debug: note, info: note, warn: note, error: note };
  const config = signedConfigWith(["voter", "voter", "voter"]);
  const standing = { status: "normal", view: asView(4), isActing: true, executed: 17 } as const;
  logStanding(log, config, standing);
  const primary = config.members[1]?.id;
  expect(primary).toBeDefined();
  const fields = { status: "normal", view: 4, primary, isPrimary: true, commit: 17 };
  expect(lines).toEqual([["status changed", fields]]);
});
