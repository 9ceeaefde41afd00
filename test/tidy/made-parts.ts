/**
 * Parts of documents that are made from sources. They stand between `<!-- begin: NAME -->` and
 * `<!-- end -->`; whoever edits them by hand is corrected.
 */
import { textOf } from "./repository-files.ts";

/** The document with its made parts as they must be, by name. Throws when one has no place. */
export function withParts(path: string, parts: Readonly<Record<string, string>>): string {
  let text = textOf(path);
  for (const [name, made] of Object.entries(parts)) {
    const begin = `<!-- begin: ${name} -->`;
    const at = text.indexOf(begin);
    const end = text.indexOf("<!-- end -->", at);
    if (at === -1 || end === -1) throw new Error(`${path} has no place for ${name}`);
    text = `${text.slice(0, at)}${begin}\n\n${made}\n\n${text.slice(end)}`;
  }
  return text;
}

/** A table, its cells safe from what ends them. */
export function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), `|${"---|".repeat(heads.length)}`, ...rows.map(line)].join("\n");
}
