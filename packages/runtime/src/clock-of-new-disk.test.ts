import { signedConfig } from "@quorate/protocol/testing";
import { expect, test } from "vitest";
import { assertClockOfNewDisk, WrongClockError } from "./clock-of-new-disk.ts";

const judge = (wallMs: number) => () => assertClockOfNewDisk(signedConfig, wallMs);

test("A6 a clock from before the cluster, or beyond all lives, names no new disk", () => {
  const { createdAtMs } = signedConfig;
  expect(judge(0)).toThrow(WrongClockError);
  expect(judge(createdAtMs - 1)).toThrow(/before the cluster was made/);
  expect(judge(Date.UTC(2200, 0))).toThrow(/the clock says 2200-01-01/);
  expect(judge(createdAtMs)).not.toThrow();
  expect(judge(Date.UTC(2100, 0))).not.toThrow();
});
