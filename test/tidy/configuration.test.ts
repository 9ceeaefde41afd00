/**
 * The tables in `docs/operating.md` are made from the schemas of the configurations and from the
 * declarations of the metrics: `npx vitest run
 * --project tidy -u` writes them anew, and a page that has fallen behind fails here.
 */
import { configSchema as apiSchema } from "@quorate/api/config";
import { metricHelp } from "@quorate/ports";
import { configSchema as replicaSchema } from "@quorate/replica/config";
import { expect, test } from "vitest";
import { tableOf, withParts } from "./made-parts.ts";
import { codeFiles, textOf } from "./repository-files.ts";

/** What a schema says of a key, as far as a table shows it. */
interface Part {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  readonly items?: Part;
  readonly anyOf?: readonly Part[];
}

/** A row for each key that has a value of its own; of an object one for each of its keys. */
function rowsOf(part: Part, prefix: string): readonly (readonly string[])[] {
  const { properties = {}, required = [] } = part;
  return Object.entries(properties).flatMap(([name, declared]) => {
    const key = `${prefix}${name}`;
    const isNullable = declared.anyOf?.some(({ type }) => type === "null") ?? false;
    const inner = declared.anyOf?.find(({ type }) => type !== "null") ?? declared;
    const { description = "" } = declared;
    const fallback = fallbackOf(declared, { isRequired: required.includes(name), isNullable });
    const row = [`\`${key}\``, allowedOf(inner), fallback, description];
    if (inner.type === "array" && inner.items?.properties !== undefined) {
      return rowsOf(inner.items, `${key}[].`);
    }
    if (inner.properties === undefined) return [row];
    const head = isNullable || description !== "" ? [row] : [];
    return [...head, ...rowsOf(inner, `${key}.`)];
  });
}

function fallbackOf(
  declared: Part,
  { isRequired, isNullable }: { readonly isRequired: boolean; readonly isNullable: boolean },
): string {
  if (declared.properties !== undefined) return "";
  const { default: fallback } = declared;
  if (fallback !== undefined) return `\`${JSON.stringify(fallback)}\``;
  if (isRequired) return isNullable ? "must be given, may be `null`" : "must be given";
  return "";
}

function allowedOf({ type, enum: choices, minimum, maximum, items, properties }: Part): string {
  if (properties !== undefined) return "an object";
  if (choices !== undefined) return choices.join(", ");
  if (type === "array") return `a list: ${allowedOf(items ?? {})}`;
  if (type !== "integer") return "text";
  const format = (value = 0): string => value.toLocaleString("en-US");
  return `${format(minimum)} to ${format(maximum)}`;
}

const heads = ["Key", "Values", "Default", "Means"];

/** Histograms are named by the unit of what they observe, counters and ages by their ending. */
function kindOf(metric: string): string {
  if (metric.endsWith("_total")) return "counter";
  if (metric.endsWith("_age_seconds")) return "gauge";
  return metric.endsWith("_seconds") ? "histogram" : "gauge";
}

const metrics = Object.entries(metricHelp);
const metricRows = metrics.map(([name, help]) => [`\`${name}\``, kindOf(name), help]);

test("docs/operating.md says what the configurations and the metrics say", async () => {
  const page = withParts("docs/operating.md", {
    "apps/replica/src/config.ts": tableOf(heads, rowsOf(replicaSchema(), "")),
    "apps/api/src/config.ts": tableOf(heads, rowsOf(apiSchema(), "")),
    "packages/ports/src/metrics.ts": tableOf(["Metric", "Kind", "Means"], metricRows),
  });
  await expect(page).toMatchFileSnapshot("../../docs/operating.md");
});

test("every key of a configuration says what it means", () => {
  const rows = [...rowsOf(replicaSchema(), ""), ...rowsOf(apiSchema(), "")];
  expect(rows.filter((row) => row[3] === "").map(([key]) => key)).toEqual([]);
});

test("every metric that is declared is measured, as the kind that its name says", () => {
  const methods: Readonly<Record<string, readonly string[]>> = {
    counter: ["count"],
    histogram: ["observe"],
    gauge: ["gauge", "gaugeText"],
  };
  const sources = codeFiles
    .filter((path) => !path.endsWith(".test.ts"))
    .map(textOf)
    .join("\n");
  const isMeasured = (name: string): boolean =>
    methods[kindOf(name)]?.some((method) => sources.includes(`${method}("${name}"`)) === true;
  const unmeasured = metrics.map(([name]) => name).filter((name) => !isMeasured(name));
  expect(unmeasured).toEqual([]);
});
