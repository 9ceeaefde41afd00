/** A plan as people read it: a line for each queue, its fields below it. */
import { configText } from "../arguments/queue-config.ts";
import { plural, visible } from "../output/cell.ts";
import type { Meaning, Paint } from "../output/style.ts";
import type { Plan, Step } from "./plan.ts";

/** Whether a plan is yet to be carried out. */
export type Tense = "would" | "did";

const signs = {
  create: ["+", "good"],
  change: ["~", "warning"],
  delete: ["-", "bad"],
} as const satisfies Record<Step["action"], readonly [string, Meaning]>;

const words = {
  would: { create: "would be created", change: "would change", delete: "would be deleted" },
  did: { create: "is created", change: "is changed", delete: "is deleted" },
} as const satisfies Record<Tense, Record<Step["action"], string>>;

/** The plan, and its sum at the end. */
export function planText({ steps, unchanged }: Plan, tense: Tense, paint: Paint): string {
  const names = Math.max(0, ...steps.map(({ name }) => name.length));
  const lines = steps.flatMap((step) => [
    `${headOf(step, names, paint)} ${words[tense][step.action]}`,
    ...fieldLines(step, paint),
  ]);
  const kept = `${plural(unchanged, "queue")} as wanted already`;
  if (steps.length === 0) return `Nothing to change: ${kept}.`;
  const sum = countsOf(steps).map(({ action, count }) => `${count} ${action}d`);
  const parts = unchanged === 0 ? sum : [...sum, kept];
  const would = tense === "would" ? "It would be: " : "";
  return [...lines, "", `${would}${parts.join(", ")}.`].join("\n");
}

/** How many queues are created, changed and deleted; what does not happen is left out. */
export function countsOf(steps: readonly Step[]) {
  return (["create", "change", "delete"] as const)
    .map((action) => ({ action, count: steps.filter((step) => step.action === action).length }))
    .filter(({ count }) => count > 0);
}

function headOf({ action, name }: Step, width: number, paint: Paint): string {
  const [sign, meaning] = signs[action];
  return `${paint(meaning, sign)} ${paint("title", visible(name).padEnd(width))}`;
}

function fieldLines({ changes }: Step, paint: Paint): readonly string[] {
  const width = Math.max(0, ...changes.map(({ field }) => field.length));
  return changes.map(({ field, from, to }) => {
    const before = from === null ? "" : `${configText(field, from)} → `;
    return `    ${paint("quiet", visible(field).padEnd(width))}  ${before}${configText(field, to)}`;
  });
}
