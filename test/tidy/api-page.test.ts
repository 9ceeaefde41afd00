/**
 * The tables of `docs/api.md` are made from the contract: `npx vitest run --project tidy -u` writes
 * them anew, and a page that has fallen behind fails here.
 */
import * as contract from "@quorate/contract";
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

test("docs/api.md says what the contract says", async () => {
  const page = withParts("docs/api.md", {
    routes: routesTable(),
    errors: errorsTable(),
    limits: limitsTable(),
  });
  await expect(page).toMatchFileSnapshot("../../docs/api.md");
});

test("every limit of the contract has a value and says of what it is", () => {
  const rows = limitsTable().split("\n").slice(2);
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => / \|  \|/.test(row))).toEqual([]);
});
