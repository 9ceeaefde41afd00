/** Tables of plain columns, as wide as their widest cell. */
import { type Fields, valueAt } from "../exact-json.ts";
import { absent, cellText, visible, visibleLines } from "./cell.ts";
import type { Paint } from "./style.ts";
import { flowed } from "./wrapped.ts";

/** One column. */
export interface Column {
  readonly title: string;
  /** The path of its value in the item, or what makes its text; `nowMs` is the reader's clock. */
  readonly of: string | ((item: Fields, nowMs: number) => string);
  readonly align?: "left" | "right";
  /** Left out where no item has a value for it. */
  readonly isOptional?: true;
  /** Gives way where the lines are too long: a name that is told by its beginning. */
  readonly shrinks?: true;
}

/** How a table is drawn. */
export interface TableStyle {
  readonly paint: Paint;
  /** Characters in a line; Infinity: as many as it takes. */
  readonly columns: number;
  /** Ms since 1970, for ages. */
  readonly nowMs: number;
}

/** A column with its cells. */
interface Filled {
  readonly column: Column;
  readonly cells: readonly string[];
  readonly width: number;
}

const gap = "  ";

/** Characters that a column which gives way keeps, and those of the last one, which the line cuts. */
const shrunkCharsMin = 12;

/** The text of a column for an item; whoever wrote what is in it cannot move the cursor with it. */
function columnText({ of }: Column, item: Fields, nowMs: number): string {
  return typeof of === "string" ? cellText(valueAt(item, of)) : visibleLines(of(item, nowMs));
}

/**
 * A title line and one line for each item; `columns` characters at most, cut at the right. Where not
 * even the beginning of each column finds a place, the values of an item stand below its first one.
 */
export function tableText(
  items: readonly Fields[],
  list: readonly Column[],
  style: TableStyle,
): string {
  const { paint, columns, nowMs } = style;
  const filled = fitted(
    list.flatMap((column) => {
      // A row is one line, whatever is in its cells.
      const cells = items.map((item) => visible(columnText(column, item, nowMs)));
      const isEmpty = cells.every((cell) => cell === absent || cell === "");
      if (column.isOptional === true && isEmpty) return [];
      const width = Math.max(column.title.length, ...cells.map((cell) => cell.length));
      return [{ column, cells, width }];
    }),
    columns,
  );
  if (startOfLast(filled) >= columns) return stackedText(items.length, filled, style);
  const line = (cellOf: (each: Filled) => string): string =>
    filled
      .map((each) => padded(cut(cellOf(each), each.width), each.width, each.column.align))
      .join(gap)
      .trimEnd();
  const titles = paint(
    "title",
    cut(
      line(({ column }) => column.title),
      columns,
    ),
  );
  const rows = items.map((_item, row) =>
    cut(
      line(({ cells }) => cells[row] ?? ""),
      columns,
    ),
  );
  return [titles, ...rows].join("\n");
}

/** The same columns, those that give way as narrow as the line needs them. */
function fitted(list: readonly Filled[], columns: number): readonly Filled[] {
  const taken = list.reduce((sum, { width }, index) => {
    const isLast = index === list.length - 1;
    return sum + (isLast ? Math.min(width, shrunkCharsMin) : width + gap.length);
  }, 0);
  let excess = taken - columns;
  return list.map((each) => {
    if (each.column.shrinks !== true || excess <= 0) return each;
    const width = Math.max(Math.min(shrunkCharsMin, each.width), each.width - excess);
    excess -= each.width - width;
    return { ...each, width };
  });
}

/** Characters in front of the last column. */
function startOfLast(list: readonly Filled[]): number {
  return list.slice(0, -1).reduce((sum, { width }) => sum + width + gap.length, 0);
}

/** Each item as its first value and, below it, the others that it has with their titles. */
function stackedText(
  count: number,
  [first, ...others]: readonly Filled[],
  { paint, columns }: TableStyle,
): string {
  const textOf = (row: number): string => {
    const pairs = others.flatMap(({ column, cells }) => {
      const cell = cells[row] ?? "";
      return cell === absent || cell === "" ? [] : [`${column.title} ${cell}`];
    });
    const lines = flowed(pairs, columns - gap.length).map((line) => cut(gap + line, columns));
    const name = paint("title", cut(first?.cells[row] ?? "", columns));
    return [name, ...lines].join("\n");
  };
  return Array.from({ length: count }, (_none, row) => textOf(row)).join("\n");
}

/** One line for each column: its title, then its value, whose further lines stand below the first. */
export function recordText(
  item: Fields,
  list: readonly Column[],
  { paint, nowMs }: Pick<TableStyle, "paint" | "nowMs">,
): string {
  const width = Math.max(...list.map(({ title }) => title.length));
  const indent = `\n${" ".repeat(width + gap.length)}`;
  return list
    .map((column) => {
      const title = paint("quiet", padded(column.title, width));
      const text = columnText(column, item, nowMs).replaceAll("\n", indent);
      return `${title}${gap}${text}`.trimEnd();
    })
    .join("\n");
}

function padded(text: string, width: number, align: Column["align"] = "left"): string {
  const space = " ".repeat(Math.max(0, width - text.length));
  return align === "right" ? space + text : text + space;
}

/** At most so many characters; a text that is cut says so. */
export function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, Math.max(0, chars - 1))}…`;
}
