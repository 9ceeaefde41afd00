import { type Fields, textAt, valueAt } from "../../exact-json.ts";
import { cellText } from "../../output/cell.ts";
import type { View } from "../../output/output.ts";

/** What of a queue can be paused. */
export const pausable = ["send", "receive"] as const;

/** Who has paused what, since when and why. */
export const pausedView: View = {
  kind: "record",
  id: null,
  columns: pausable.map((what) => ({
    title: what,
    of: (answer: Fields) => pauseText(valueAt(answer, `paused.${what}`)),
  })),
};

function pauseText(pause: unknown): string {
  if (pause === null) return "goes on";
  const reason = textAt(pause, "reason");
  const by = `paused by ${cellText(textAt(pause, "by"))} at ${textAt(pause, "at")}`;
  return reason === "" ? by : `${by}: ${cellText(reason)}`;
}
