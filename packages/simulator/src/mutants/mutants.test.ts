import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { edited, rootFolder } from "./apply-mutant.ts";
import { mutants } from "./catalogue.ts";
import { readSeeds } from "./remembered-seeds.ts";

test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  "%s: the text that the mutant changes is in the sources, once",
  (_, { edits }) => {
    expect(edits.length).toBeGreaterThan(0);
    for (const edit of edits) {
      const source = readFileSync(`${rootFolder}${edit.file}`, "utf8");
      expect(edited(source, edit)).not.toBe(source);
    }
  },
);

test("the catalogue loads nothing of the product, into which a mutant must still be written", () => {
  const folder = new URL("./", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith("-mutants.ts"))) {
    if (file === "hunt-mutants.ts") continue;
    const source = readFileSync(new URL(file, folder), "utf8");
    const loaded = [...source.matchAll(/^import (?!type ).* from "(.*)";$/gm)].map(
      ([, from]) => from,
    );
    expect(loaded.filter((from) => from?.startsWith("./") !== true)).toEqual([]);
  }
});

test("no two mutants have the same name", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

test("a seed is remembered for every mutant that does harm, and for nothing else", () => {
  const harmful = mutants.filter(({ harmless }) => harmless === undefined);
  expect([...readSeeds().keys()].toSorted()).toEqual(harmful.map(({ name }) => name).toSorted());
});

test("a text that is gone, or is there twice, is refused", () => {
  const edit = { file: "some.ts", find: "a", replace: "b" };
  expect(edited("xax", edit)).toBe("xbx");
  expect(() => edited("xx", edit)).toThrow("0 times");
  expect(() => edited("aa", edit)).toThrow("2 times");
});
