/**
 * Shapes: one table of fields that both checks a value by hand-written code and describes itself.
 *
 * A request may carry a thousand messages, so their entries are checked without a schema library
 * at run time; the zod schema of the same shape feeds the OpenAPI document and the types.
 */
import * as z from "zod";

/** What is wrong with a value; several may be wrong at once. */
export interface ShapeFault {
  /** A number, count or length outside its range is `limit-exceeded`, all else `request-invalid`. */
  readonly code: "request-invalid" | "limit-exceeded";
  /** JSON pointer relative to the value that was checked. */
  readonly pointer: string;
  readonly detail: string;
  /** With `limit-exceeded`: the limit's name and its upper end. */
  readonly limit: string | null;
  readonly max: number | null;
}

/** A check and its description. */
export interface Shape<T> {
  readonly schema: z.ZodType;
  /** Whether the value is a T; if not, faults are appended. */
  readonly holds: (value: unknown, faults: ShapeFault[]) => value is T;
}

/** The type of the values that hold. */
export type Held<S> = S extends Shape<infer T> ? T : never;

/** A field of an object that may be left out. Absent is not null. */
export interface OptionalField<T> {
  readonly optional: Shape<T>;
}

/** A table of fields. */
export type Fields = Readonly<Record<string, Shape<unknown> | OptionalField<unknown>>>;

/** The object type that a table describes. */
export type HeldObject<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Shape<unknown> ? K : never]: Held<F[K]>;
} & {
  readonly [
    K in keyof F as F[K] extends OptionalField<unknown> ? K : never
  ]?: F[K] extends OptionalField<infer T> ? T : never;
};

/**
 * Marks a field as one that may be left out. The description tells people what it means, and in
 * brackets what holds without it.
 */
export function optional<T>(shape: Shape<T>, description?: string): OptionalField<T> {
  return { optional: description === undefined ? shape : described(shape, description) };
}

/** The shape with words for people, which stand in the OpenAPI document and in the SDK's types. */
export function described<T>(shape: Shape<T>, description: string): Shape<T> {
  return { ...shape, schema: shape.schema.meta({ description }) };
}

/** Appends a fault at the value itself; answers false, so that a check can return it. */
export function invalid(faults: ShapeFault[], detail: string, pointer = ""): false {
  faults.push({ code: "request-invalid", pointer, detail, limit: null, max: null });
  return false;
}

/** Appends a fault about a limit. */
export function beyond(
  faults: ShapeFault[],
  fault: { readonly detail: string; readonly limit: string; readonly max: number | null },
): false {
  faults.push({ code: "limit-exceeded", pointer: "", ...fault });
  return false;
}

/** The ends of a range, both included. `limit` names it in a refusal. */
export interface NumberRange {
  readonly limit: string;
  readonly min: number;
  readonly max: number;
}

/** A whole number in [min, max]. */
export function integer(range: NumberRange): Shape<number> {
  const schema = z.int().min(range.min).max(range.max);
  return number(range, { schema, isKind: Number.isSafeInteger, expected: "a whole number" });
}

/** A finite number in [min, max]. */
export function decimal(range: NumberRange): Shape<number> {
  const schema = z.number().min(range.min).max(range.max);
  return number(range, { schema, isKind: Number.isFinite, expected: "a number" });
}

function number(
  { limit, min, max }: NumberRange,
  kind: {
    readonly schema: z.ZodType;
    readonly isKind: (value: unknown) => boolean;
    readonly expected: string;
  },
): Shape<number> {
  const { schema, isKind, expected } = kind;
  return {
    schema,
    holds: (value, faults): value is number => {
      // Minus zero is a second spelling of zero, and our own encodings have only one.
      if (typeof value !== "number" || !isKind(value) || Object.is(value, -0)) {
        return invalid(faults, `expected ${expected}`);
      }
      if (value >= min && value <= max) return true;
      return beyond(faults, { detail: `expected ${min} to ${max}`, limit, max });
    },
  };
}

/** A text of at most `charsMax` characters that matches the pattern, if one is given. */
export function text(rule: {
  readonly limit: string;
  readonly charsMax: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly expected?: string;
}): Shape<string> {
  const { limit, charsMax, pattern, expected = "another spelling" } = rule;
  const schema = z.string().max(charsMax);
  return {
    schema: pattern === undefined ? schema : schema.regex(pattern),
    holds: (value, faults): value is string => {
      if (typeof value !== "string") return invalid(faults, "expected a string");
      if (isLonger(value, charsMax)) {
        const detail = `expected at most ${charsMax} characters`;
        return beyond(faults, { detail, limit, max: charsMax });
      }
      return (
        pattern === undefined || pattern.test(value) || invalid(faults, `expected ${expected}`)
      );
    },
  };
}

/** Characters are code points, as JSON Schema counts them; most texts have one in each unit. */
function isLonger(value: string, charsMax: number): boolean {
  if (value.length <= charsMax || value.length > 2 * charsMax) return value.length > charsMax;
  return [...value].length > charsMax;
}

/** true or false. */
export const boolean: Shape<boolean> = {
  schema: z.boolean(),
  holds: (value, faults): value is boolean =>
    typeof value === "boolean" || invalid(faults, "expected true or false"),
};

/** One of the given texts. */
export function oneOf<const T extends string>(...choices: readonly [T, ...T[]]): Shape<T> {
  const known: ReadonlySet<unknown> = new Set(choices);
  return {
    schema: z.enum(choices),
    holds: (value, faults): value is T =>
      known.has(value) || invalid(faults, `expected one of ${choices.join(", ")}`),
  };
}

/** Any JSON value, null included. */
export const json: Shape<unknown> = {
  schema: z.unknown(),
  holds: (_value, _faults): _value is unknown => true,
};

/** A list of 1 to `entriesMax` values. */
export function list<T>(
  entry: Shape<T>,
  rule: { readonly limit: string; readonly entriesMax: number },
): Shape<readonly T[]> {
  const { limit, entriesMax } = rule;
  return {
    schema: z.array(entry.schema).min(1).max(entriesMax),
    holds: (value, faults): value is readonly T[] => {
      if (!Array.isArray(value)) return invalid(faults, "expected a list");
      if (value.length < 1 || value.length > entriesMax) {
        const detail = `expected 1 to ${entriesMax} entries`;
        return beyond(faults, { detail, limit, max: entriesMax });
      }
      const before = faults.length;
      value.forEach((each, index) => within(entry, each, { faults, name: String(index) }));
      return faults.length === before;
    },
  };
}

/** Whether the part holds; its faults get the part's name before their pointers. */
export function within(
  shape: Shape<unknown>,
  value: unknown,
  at: { readonly faults: ShapeFault[]; readonly name: string },
): boolean {
  const before = at.faults.length;
  if (shape.holds(value, at.faults)) return true;
  const step = `/${at.name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  for (let index = before; index < at.faults.length; index++) {
    const fault = at.faults[index];
    if (fault !== undefined) at.faults[index] = { ...fault, pointer: step + fault.pointer };
  }
  return false;
}

/** Whether the value is an object, and no list and not null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
