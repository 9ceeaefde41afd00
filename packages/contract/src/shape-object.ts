/** Objects of named fields: unknown fields are refused, missing ones are named. */
import * as z from "zod";
import {
  type Fields,
  type Held,
  type HeldObject,
  invalid,
  isObject,
  optional,
  type OptionalField,
  type Shape,
  type ShapeFault,
  within,
} from "./shape.ts";

/** A condition that no single field can state; appends its own faults. */
export type Rule<T> = (value: T, faults: ShapeFault[]) => boolean;

/** An object with exactly these fields. `rule` is asked when every field holds. */
export function object<const F extends Fields>(
  fields: F,
  rule?: Rule<HeldObject<F>>,
): Shape<HeldObject<F>> {
  return shapeOf(Object.entries(fields), rule);
}

/** Some of an object's fields. */
type HeldPart<F extends Readonly<Record<string, Shape<unknown>>>> = {
  readonly [K in keyof F]?: Held<F[K]>;
};

/** An object with any of these fields, and no others. `rule` is asked when every one holds. */
export function partOf<const F extends Readonly<Record<string, Shape<unknown>>>>(
  fields: F,
  rule?: Rule<HeldPart<F>>,
): Shape<HeldPart<F>> {
  const entries = Object.entries(fields);
  return shapeOf(
    entries.map(([name, shape]) => [name, optional(shape)] as const),
    rule,
  );
}

function shapeOf<T>(
  fields: readonly (readonly [name: string, field: Fields[string]])[],
  rule?: Rule<T>,
): Shape<T> {
  const shapes = new Map<string, Shape<unknown>>();
  const required: string[] = [];
  const schemas: Record<string, z.ZodType> = {};
  for (const [name, field] of fields) {
    const shape = isOptional(field) ? field.optional : field;
    shapes.set(name, shape);
    if (!isOptional(field)) required.push(name);
    schemas[name] = isOptional(field) ? shape.schema.optional() : shape.schema;
  }
  const hasFields = (value: unknown, faults: ShapeFault[]): value is T =>
    fieldsHold(value, { shapes, required, faults });
  return {
    schema: z.strictObject(schemas),
    holds: (value, faults): value is T =>
      hasFields(value, faults) && (rule === undefined || rule(value, faults)),
  };
}

interface Table {
  readonly shapes: ReadonlyMap<string, Shape<unknown>>;
  readonly required: readonly string[];
  readonly faults: ShapeFault[];
}

function fieldsHold(value: unknown, table: Table): boolean {
  const { shapes, required, faults } = table;
  if (!isObject(value)) return invalid(faults, "expected an object");
  const before = faults.length;
  let found = 0;
  for (const name in value) {
    const shape = shapes.get(name);
    if (shape === undefined) invalid(faults, "unknown field", pointerTo(name));
    else if (within(shape, value[name], { faults, name })) found += 1;
  }
  // Only when fewer fields hold than must be there is it worth asking which are missing.
  if (found < required.length || found < shapes.size) {
    for (const name of required) {
      if (!Object.hasOwn(value, name)) invalid(faults, "missing", pointerTo(name));
    }
  }
  return faults.length === before;
}

function isOptional(field: Fields[string]): field is OptionalField<unknown> {
  return "optional" in field;
}

function pointerTo(name: string): string {
  return `/${name.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
