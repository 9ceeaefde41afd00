/** Tables of plain columns, as wide as their widest cell. */
import { type Fields, valueAt } from "../exact-json.ts";
import { cellText, visibleLines } from "./cell.ts";
import type { Paint } from "./style.ts";

/** One column. */
export interface Column {
  readonly title: string;
  /** The path of its value in the item, or what makes its text. */
  readonly of: string | ((item: Fields) => string);
  readonly align?: "left" | "right";
}

const gap = "  ";

/** The text of a column for an item; whoever wrote what is in it cannot move the cursor with it. */
export function columnText({ of }: Column, item: Fields): string {
  return typeof of === "string" ? cellText(valueAt(item, of)) : visibleLines(of(item));
}

/** A title line and one line for each item; `columns` characters at most, cut at the right. */
export function tableText(
  items: readonly Fields[],
  list: readonly Column[],
  { paint, columns }: { readonly paint: Paint; readonly columns: number },
): string {
  const rows = items.map((item) => list.map((column) => columnText(column, item)));
  const widths = list.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? "").length)),
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

function padded(text: string, width: number, align: Column["align"] = "left"): string {
  const space = " ".repeat(Math.max(0, width - text.length));
  return align === "right" ? space + text : text + space;
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}
