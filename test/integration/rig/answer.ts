/** Reads answers of the API: what a test expects is there, or the test fails with its name. */

/** An object of an answer. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object. Throws when it is none. */
export function fieldsOf(value: unknown, name = "the answer"): Fields {
  if (!isFields(value)) throw new Error(`${name} is no object: ${JSON.stringify(value)}`);
  return value;
}

/** The object in a field. Throws when there is none. */
export function fieldsIn(fields: Fields, name: string): Fields {
  return fieldsOf(fields[name], name);
}

/** The objects of the list in a field. Throws when there is no such list. */
export function listIn(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new Error(`${name} is no list: ${JSON.stringify(fields)}`);
  return value.map((each) => fieldsOf(each, name));
}

/** The text in a field. Throws when there is none. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw new Error(`${name} is no text: ${JSON.stringify(fields)}`);
  return value;
}

/** The number in a field. Throws when there is none. */
export function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number") throw new Error(`${name} is no number: ${JSON.stringify(fields)}`);
  return value;
}

/** The object in a JSON text; an empty one for a text that holds anything else. */
export function parseFields(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : {};
  } catch {
    // Metrics, pages and empty answers are no JSON.
    return {};
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
