import { readFileSync } from "node:fs";

/** An object read from JSON: what its fields are is not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for an object that is neither null nor a list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object in a JSON file, or null when there is no such file or it holds anything else. */
export function readFields(path: string): Fields | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isFields(value) ? value : null;
  } catch {
    // Absent, unreadable and half written are one answer here: the caller has no such object.
    return null;
  }
}

/** The number in a field, or 0. */
export function countIn(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
