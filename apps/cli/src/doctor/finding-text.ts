/** Findings as people read them: a sign, what was looked at, what was found, what to do. */
import { plural, visible } from "../output/cell.ts";
import type { Meaning, Paint } from "../output/style.ts";
import { wrapped } from "../output/wrapped.ts";
import type { Finding, Verdict } from "./finding.ts";

const signs = {
  ok: ["✓", "good"],
  warning: ["!", "warning"],
  bad: ["✗", "bad"],
  skipped: ["–", "quiet"],
} as const satisfies Record<Verdict, readonly [string, Meaning]>;

/** As wide as the longest name of a check. */
const checkChars = 16;

/** What was found gets so many characters on a line, however narrow the terminal is. */
const foundCharsMin = 24;

/** How lines are drawn. */
interface Style {
  readonly paint: Paint;
  readonly columns: number;
}

/** One finding; what to do stands below what was found. */
export function findingText(finding: Finding, { paint, columns }: Style): string {
  const { check, verdict, found, advice } = finding;
  const [sign, meaning] = signs[verdict];
  const left = 2 + checkChars + 2;
  const room = Math.max(foundCharsMin, columns - left);
  const [first = "", ...more] = wrapped(visible(found), room);
  const told = advice === "" ? [] : wrapped(`→ ${visible(advice)}`, room);
  const body = verdict === "skipped" ? paint("quiet", first) : first;
  return [
    `${paint(meaning, sign)} ${paint("title", check.padEnd(checkChars))}  ${body}`,
    ...[...more, ...told].map((line) => " ".repeat(left) + line),
  ].join("\n");
}

/** All of it in a sentence. */
export function conclusionText(findings: readonly Finding[], { paint }: Style): string {
  const count = (verdict: Verdict): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  const [bad, warnings] = [count("bad"), count("warning")];
  if (bad > 0) {
    const also = warnings > 0 ? `, ${plural(warnings, "thing")} to look at` : "";
    return paint("bad", `${plural(bad, "thing")} broken${also}: begin with the first.`);
  }
  if (warnings > 0)
    return paint("warning", `It works, with ${plural(warnings, "thing")} to look at.`);
  const all = count("skipped") > 0 ? "All that could be looked at is well." : "All is well.";
  return paint("good", all);
}
