/** JSON schemas of the document: named parts are moved to the components. */
import * as z from "zod";

/** A JSON object, as a document holds it. */
export type JsonObject = { readonly [name: string]: unknown };

/** The schema, its named parts moved to the components. */
export function schemaOf(
  schema: z.ZodType,
  io: "input" | "output",
  schemas: Map<string, JsonObject>,
): JsonObject {
  const document = z.toJSONSchema(schema, {
    io,
    reused: "inline",
    ...(io === "output" ? { override: open } : {}),
  });
  const { $defs = {}, ...rest } = document;
  const named = defsOf($defs);
  for (const [name, part] of Object.entries(named)) schemas.set(name, relinked(part));
  const id = z.globalRegistry.get(schema)?.id;
  if (id === undefined) return relinked(rest);
  // A part that is used in itself, or by name, stands among the others, and the rest only names it.
  if (named[id] === undefined) schemas.set(id, relinked(rest));
  return { $ref: `#/components/schemas/${id}` };
}

/** Fields are only ever added, so an answer that has more of them is as documented, too. */
function open({ jsonSchema }: { readonly jsonSchema: { additionalProperties?: unknown } }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function defsOf(defs: unknown): Readonly<Record<string, JsonObject>> {
  return isJsonObject(defs)
    ? Object.fromEntries(
        Object.entries(defs).filter((entry): entry is [string, JsonObject] =>
          isJsonObject(entry[1]),
        ),
      )
    : {};
}

/** The same with every reference into `$defs` turned to the components. */
function relinked(part: JsonObject): JsonObject {
  const copy: unknown = JSON.parse(
    JSON.stringify(part).replaceAll('"#/$defs/', '"#/components/schemas/'),
  );
  return isJsonObject(copy) ? withoutDialect(copy) : {};
}

/** A part of a document does not name the dialect; the document does. */
export function withoutDialect(document: JsonObject): JsonObject {
  const { $schema: _dialect, id: _id, ...rest } = document;
  return rest;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
