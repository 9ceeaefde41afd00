/** Lists that the API answers in pages, as one list. */
import { pageEntriesMax } from "@quorate/contract";
import { type Fields, listAt, parseFields, textAt } from "../exact-json.ts";

/** How much of a list is wanted. */
export interface PageChoice {
  /** The field that holds the entries. */
  readonly name: string;
  /** Entries at most; Infinity: all. */
  readonly limit: number;
  /** Where to go on; undefined: from the beginning. */
  readonly cursor?: string | undefined;
}

/** What a page is asked with. */
export interface PageQuery {
  readonly cursor: string | undefined;
  readonly limit: string;
}

/**
 * Asks for page after page until the limit is reached or nothing follows. The answer looks like a
 * page: with a cursor when more follows, and the coordinate of the last page.
 */
export async function readPages(
  choice: PageChoice,
  ask: (query: PageQuery) => Promise<{ readonly text: string }>,
): Promise<Fields> {
  const { name, limit } = choice;
  const entries: Fields[] = [];
  let { cursor } = choice;
  for (;;) {
    const most = Math.min(pageEntriesMax, limit - entries.length);
    const page = parseFields((await ask({ cursor, limit: String(most) })).text);
    entries.push(...listAt(page, name));
    cursor = textAt(page, "cursor") || undefined;
    if (cursor === undefined || entries.length >= limit) return { ...page, [name]: entries };
  }
}
