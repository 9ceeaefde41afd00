"use client";

import type { ReactNode } from "react";
import { useWide } from "./use-wide.ts";

/** One column of a table, one line of a card. */
export type Field<T> = {
  readonly name: string;
  /** Longer words for a tooltip of the heading. */
  readonly hint?: string;
  readonly numeric?: boolean;
  /** Takes a card’s whole width and needs no name there: it explains itself. */
  readonly whole?: boolean;
  readonly cell: (row: T) => ReactNode;
};

/** Rows of the same kind: a table where there is room, a card for each where there is not. */
export function Records<T>({
  caption,
  rows,
  keyOf,
  head,
  fields,
}: {
  readonly caption: string;
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** The first column, which names the row. */
  readonly head: Field<T>;
  readonly fields: readonly Field<T>[];
}) {
  const wide = useWide();
  if (wide) return <Table {...{ caption, rows, keyOf, head, fields }} />;
  return (
    <ul aria-label={caption} className="grid gap-3">
      {rows.map((row) => (
        <li key={keyOf(row)} className="rounded-md border border-hair bg-panel p-4">
          <div className="mb-2">{head.cell(row)}</div>
          <dl className="grid grid-cols-2 gap-x-4 gap-y-1.5 text-sm">
            {fields.map((field) => (
              <CardField key={field.name} field={field} row={row} />
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

function CardField<T>({ field, row }: { readonly field: Field<T>; readonly row: T }) {
  if (field.whole === true) {
    return (
      <div className="col-span-2 py-1">
        <dt className="sr-only">{field.name}</dt>
        <dd>{field.cell(row)}</dd>
      </div>
    );
  }
  return (
    <div className="flex justify-between gap-2 border-b border-hair pb-1">
      <dt className="text-t3">{field.name}</dt>
      <dd className="text-right text-t1">{field.cell(row)}</dd>
    </div>
  );
}

function Table<T>({ caption, rows, keyOf, head, fields }: Parameters<typeof Records<T>>[0]) {
  return (
    <section
      aria-label={caption}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- What scrolls must be reachable by keyboard (WCAG 2.1.1).
      tabIndex={0}
      className="overflow-x-auto rounded-md border border-hair bg-panel"
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-hair">
            {[head, ...fields].map((field) => (
              <th
                key={field.name}
                scope="col"
                title={field.hint}
                className={`h-9 px-3 text-xs font-normal whitespace-nowrap text-t3 first:pl-5 last:pr-5 ${field.numeric === true ? "text-right" : "text-left"}`}
              >
                {field.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-b border-hair last:border-b-0 hover:bg-raised">
              <th scope="row" className="h-9 py-1 pr-3 pl-5 text-left font-normal">
                {head.cell(row)}
              </th>
              {fields.map((field) => (
                <td
                  key={field.name}
                  className={`px-3 whitespace-nowrap text-t1 last:pr-5 ${field.numeric === true ? "text-right" : ""}`}
                >
                  {field.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
