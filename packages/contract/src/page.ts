/** What every listing's query may say about its pages. */
import * as z from "zod";
import { pageEntriesDefault, pageEntriesMax } from "./limits.ts";
import { beyond, invalid, optional, type Shape, text } from "./shape.ts";

const cursor = text({ limit: "cursor", charsMax: 256, pattern: /^[\w-]+$/, expected: "a cursor" });

/** A number in digits, as a query has it. */
const entries: Shape<string> = {
  schema: z.string().regex(/^(?:[1-9]\d?|100)$/),
  holds: (value, faults): value is string => {
    if (typeof value !== "string" || !/^(?:0|[1-9]\d{0,14})$/.test(value)) {
      return invalid(faults, "expected a whole number");
    }
    if (Number(value) >= 1 && Number(value) <= pageEntriesMax) return true;
    const detail = `expected 1 to ${pageEntriesMax}`;
    return beyond(faults, { detail, limit: "limit", max: pageEntriesMax });
  },
};

/** Where to go on, opaque to callers, and how many entries a page may have. */
export const pageQuery = {
  cursor: optional(cursor, "Where an earlier page has ended"),
  limit: optional(entries, `Entries at most (${pageEntriesDefault})`),
} as const;
