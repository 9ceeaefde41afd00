/**
 * The tables of `docs/api.md` are made from the contract: `npx vitest run --project tidy -u` writes
 * them anew, and a page that has fallen behind fails here.
 */
import * as contract from "@quorate/contract";
import { queueConfigChoices, queueConfigDefault, queueConfigRanges } from "@quorate/queue/config";
import { expect, test } from "vitest";
import { tableOf, withParts } from "./made-parts.ts";
import { textOf } from "./repository-files.ts";

const code = (text: string): string => `\`${text}\``;

function routesTable(): string {
  const rows = contract.routes.map(({ method, path, scope, summary }) => {
    const call = `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`;
    return [code(call), scope === "public" ? "none" : scope, summary];
  });
  return tableOf(["Call", "Scope", "Does"], rows);
}

function errorsTable(): string {
  const entries = Object.entries(contract.errors).toSorted(
    ([, left], [, right]) => left.status - right.status,
  );
  const rows = entries.map(([name, { status, outcome, retryable, title }]) => {
    return [String(status), code(name), title, outcome, retryable ? "yes" : "no"];
  });
  return tableOf(["Status", "Code", "Means", "Outcome", "Retryable"], rows);
}

/** Every exported number of the contract's limits, with the comment that stands above it. */
function limitsTable(): string {
  const source = textOf("packages/contract/src/limits.ts");
  const declared = source.matchAll(/\/\*\*([^/]*?)\*\/\n((?:export const \w+ = [^;{]+;\n)+)/g);
  const rows = [...declared].flatMap(([, comment = "", names = ""]) => {
    const words = comment.replaceAll(/\s*\n \*\s*/g, " ").trim();
    return [...names.matchAll(/export const (\w+)/g)].map(([, name = ""]) => {
      const value: unknown = Reflect.get(contract, name);
      return [code(name), typeof value === "number" ? value.toLocaleString("en-US") : "", words];
    });
  });
  return tableOf(["Limit", "Value", "Of what"], rows);
}

const rangesByPointer: Readonly<Record<string, { readonly min: number; readonly max: number }>> =
  queueConfigRanges;

const choicesByName: Readonly<Record<string, readonly string[]>> = queueConfigChoices;

/** The fields of an object and of those in it, by their JSON pointers. */
function fieldsBelow(fields: object, pointer = ""): readonly (readonly [string, unknown])[] {
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "object" && value !== null
      ? fieldsBelow(value, `${pointer}/${name}`)
      : [[`${pointer}/${name}`, value] as const],
  );
}

/** Every field of a queue's configuration, with its default and what it may be. */
function configTable(): string {
  const number = (value: number): string => value.toLocaleString("en-US");
  const rows = fieldsBelow(queueConfigDefault).map(([pointer, value]) => {
    const name = pointer.slice(1).replaceAll("/", ".");
    const range = rangesByPointer[pointer];
    const words = choicesByName[name] ?? ["true", "false"];
    return [
      code(name),
      typeof value === "number" ? number(value) : code(String(value)),
      range === undefined
        ? words.map(code).join(" or ")
        : `${number(range.min)} to ${number(range.max)}`,
    ];
  });
  return tableOf(["Field", "When not given", "May be"], rows);
}

test("docs/api.md says what the contract says", async () => {
  const page = withParts("docs/api.md", {
    routes: routesTable(),
    errors: errorsTable(),
    limits: limitsTable(),
    config: configTable(),
  });
  await expect(page).toMatchFileSnapshot("../../docs/api.md");
});

test("every limit of the contract has a value and says of what it is", () => {
  const rows = limitsTable().split("\n").slice(2);
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => / \|  \|/.test(row))).toEqual([]);
});
