/** Tables of plain columns, as wide as their widest cell. */
import { stripVTControlCharacters } from "node:util";
import { type Fields, valueAt } from "../exact-json.ts";
import { cellText } from "./cell.ts";
import type { Paint } from "./style.ts";

/** One column. */
export interface Column {
  readonly title: string;
  /** The path of its value in the item, or what makes its text. */
  readonly of: string | ((item: Fields) => string);
  readonly align?: "left" | "right";
}

const gap = "  ";

/** The text of a column for an item. */
export function columnText({ of }: Column, item: Fields): string {
  return typeof of === "string" ? cellText(valueAt(item, of)) : of(item);
}

/** A title line and one line for each item; `columns` characters at most, cut at the right. */
export function tableText(
  items: readonly Fields[],
  list: readonly Column[],
  { paint, columns }: { readonly paint: Paint; readonly columns: number },
): string {
  const rows = items.map((item) => list.map((column) => columnText(column, item)));
  const widths = list.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => widthOf(row[index] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => padded(cell, widths[index] ?? 0, list[index]?.align))
      .join(gap)
      .trimEnd();
  const titles = paint("title", cut(line(list.map(({ title }) => title)), columns));
  return [titles, ...rows.map((row) => cut(line(row), columns))].join("\n");
}

/** One line for each column: its title, then its value. For a single thing. */
export function recordText(item: Fields, list: readonly Column[], paint: Paint): string {
  const width = Math.max(...list.map(({ title }) => title.length));
  return list
    .map((column) => {
      const title = paint("quiet", padded(column.title, width));
      return `${title}${gap}${columnText(column, item)}`.trimEnd();
    })
    .join("\n");
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

function padded(text: string, width: number, align: Column["align"] = "left"): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "right" ? space + text : text + space;
}

/** A line that fits. One with colours is left as it is: a cut could lose their end. */
function cut(line: string, columns: number): string {
  if (line.length <= columns || line !== stripVTControlCharacters(line)) return line;
  return `${line.slice(0, columns - 1)}…`;
}
