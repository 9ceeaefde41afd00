/**
 * JSON without loss: a message's body may hold numbers that a double cannot, and what the command
 * reads, prints or sends must be the number that was written.
 */

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether the value is an object, and no list and not null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Of ECMAScript 2026, in Node since 22: a value that JSON.stringify writes as this text. */
const rawJson: unknown = Reflect.get(JSON, "rawJSON");

/**
 * Parses JSON; a number whose spelling would be lost becomes a raw value that JSON.stringify writes
 * as it came. Throws SyntaxError. On Node 20 such numbers are rounded, as JSON.parse does.
 */
export function parseExactly(text: string): unknown {
  if (typeof rawJson !== "function") return JSON.parse(text);
  const keep = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    const source = context?.source;
    const isKept = typeof value !== "number" || source === undefined || source === String(value);
    return isKept ? value : rawJson(source);
  };
  return JSON.parse(text, keep);
}

/**
 * The value as JSON, two spaces a level or on one line. Characters that a terminal could obey are
 * written as escapes; they only occur in strings, where an escape means the same.
 */
export function jsonText(value: unknown, layout: "indented" | "line"): string {
  const text = JSON.stringify(value, null, layout === "indented" ? 2 : 0);
  return text.replaceAll(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** The object in an answer's text. Throws when it holds something else. */
export function parseFields(text: string): Fields {
  const value = parseExactly(text);
  if (isFields(value)) return value;
  throw new TypeError(`expected a JSON object, not ${text.slice(0, 80)}`);
}

/** The value at a path like `stats.ready`; undefined where a part of it is missing. */
export function valueAt(fields: unknown, path: string): unknown {
  let value: unknown = fields;
  for (const name of path.split(".")) {
    if (!isFields(value)) return undefined;
    value = value[name];
  }
  return value;
}

/** The objects of the list with this name; empty when there is none. */
export function listAt(fields: unknown, path: string): readonly Fields[] {
  const value = valueAt(fields, path);
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** The number at a path, or 0. */
export function numberAt(fields: unknown, path: string): number {
  const value = valueAt(fields, path);
  return typeof value === "number" ? value : 0;
}

/** The text at a path, or an empty one. */
export function textAt(fields: unknown, path: string): string {
  const value = valueAt(fields, path);
  return typeof value === "string" ? value : "";
}

/** The texts of the list at a path; empty when there is none. */
export function listedTexts(fields: unknown, path: string): readonly string[] {
  const value = valueAt(fields, path);
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
