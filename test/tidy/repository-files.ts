import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The absolute path of the repository. */
export const repositoryFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Folders that are made by programs; the same as in .gitignore. */
const madeFolders = new Set([
  ".git",
  ".next",
  ".quorate",
  ".turbo",
  "coverage",
  "dist",
  "node_modules",
  "out",
  "playwright-report",
  "results",
  "test-results",
]);

/** Paths of all files that people write, relative to the repository, sorted. */
export const allFiles: readonly string[] = filesBelow("").toSorted();

/** Paths of all TypeScript and JavaScript sources. */
export const codeFiles = allFiles.filter((path) => /\.(ts|tsx|mjs)$/.test(path));

/** Paths of all documents. */
export const documents = allFiles.filter((path) => path.endsWith(".md"));

/** The text of a file. */
export function textOf(path: string): string {
  return readFileSync(join(repositoryFolder, path), "utf8");
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(repositoryFolder, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return entry.isFile() ? [path] : [];
    return madeFolders.has(entry.name) ? [] : filesBelow(path);
  });
}

/**
 * The code of a source without comments and literals, so that only names are left to look at.
 * Lines are kept. Good enough for our formatted code, not a parser.
 */
export function namesOnly(source: string): string {
  const literalOrComment =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
  return source.replaceAll(literalOrComment, (found) => "\n".repeat(found.split("\n").length - 1));
}

/** The words of a name: `leaseMsMax` and `lease-ms-max` are lease, ms, max. */
export function wordsOf(name: string): readonly string[] {
  const spaced = name.replaceAll(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3 $2$4");
  return spaced.toLowerCase().split(/[^a-z0-9]+/);
}

/** A document without its code, which may hold anything. */
export function proseOf(markdown: string): string {
  return markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, "").replaceAll(/`[^`\n]*`/g, "");
}
