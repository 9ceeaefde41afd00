/** Looking into a JSON document whose shape is known, but not to the compiler. */

/** The value at a path of names; undefined where there is none. */
export function partOf(value: unknown, ...names: readonly string[]): unknown {
  let part = value;
  for (const name of names) {
    if (typeof part !== "object" || part === null) return undefined;
    part = Reflect.get(part, name);
  }
  return part;
}

/** The text at a path of names; empty where there is none. */
export function textOf(value: unknown, ...names: readonly string[]): string {
  const part = partOf(value, ...names);
  return typeof part === "string" ? part : "";
}

/** Names and values of the object at a path of names. */
export function entriesOf(
  value: unknown,
  ...names: readonly string[]
): readonly (readonly [string, unknown])[] {
  const part = partOf(value, ...names);
  return typeof part === "object" && part !== null ? Object.entries(part) : [];
}

/** The list at a path of names. */
export function listOf(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const part = partOf(value, ...names);
  return Array.isArray(part) ? part : [];
}
