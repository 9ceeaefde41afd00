/**
 * TypeScript of the routes, for clients that carry no schema library: what each one is asked and
 * what it answers, and where it is. Generated from the same declarations as the server.
 */
import * as z from "zod";
import { errors } from "./errors.ts";
import { Problem } from "./problem.ts";
import type { Reply, Route } from "./route.ts";

/** A part of a JSON Schema document, as far as it is looked at. */
type Part = Readonly<Record<string, unknown>>;

/** A named part of the answers. */
interface Declared {
  readonly comment: string;
  readonly type: string;
  /** Of an object: its fields as they are written; else none. */
  readonly fields: readonly string[];
}

/** The named parts of the answers, by name. */
type Named = Map<string, Declared>;

/** A part that has so many fields of another, and more, is said to extend it. */
const extendedFieldsMin = 8;

/** The source of a module that declares every route, and the named parts of the answers. */
export function clientTypes(routes: readonly Route[]): string {
  const named: Named = new Map();
  addNamed(Problem, named);
  const operations = routes.map((route) => operationOf(route, named));
  const places = routes.map(
    ({ id, method, path, replies }) =>
      `  ${id}: { method: "${method.toUpperCase()}", path: "${path}", statuses: [${Object.keys(replies).join(", ")}] },`,
  );
  const parts = [...named].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const declarations = parts.map(([name, part]) => declarationOf(name, part, named));
  const codes = Object.keys(errors).map((code) => `"${code}"`);
  return [
    ...declarations,
    `/** Why the API refuses or fails: a code never changes its meaning. */\nexport type ApiErrorCode = ${codes.join(" | ")};`,
    `/** What every route is asked and what it answers. */\nexport interface Operations {\n${operations.join("\n")}\n}`,
    `/** Where every route is, and the statuses that are answers and no errors. */\nexport const operations = {\n${places.join("\n")}\n} as const;`,
  ].join("\n\n");
}

function operationOf(route: Route, named: Named): string {
  const params = [...route.path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
  const fields = [
    `readonly params: ${objectOf(params.map((name) => field(name, "string", true)))};`,
    `readonly query: ${inputOf(route.query.schema, named)};`,
    `readonly body: ${route.body === null ? "undefined" : inputOf(route.body.schema, named)};`,
    `readonly answer: ${answersOf(Object.values(route.replies), named)};`,
  ];
  return `  /** ${sentence(route.summary)} */\n  readonly ${route.id}: {\n    ${fields.join("\n    ")}\n  };`;
}

function inputOf(schema: z.ZodType, named: Named): string {
  return typeOf(z.toJSONSchema(schema, { io: "input", reused: "inline" }), named);
}

function answersOf(replies: readonly Reply[], named: Named): string {
  const types = replies.map(({ schema, contentType }) => {
    if (schema === null) return "undefined";
    if (contentType !== undefined) return "string";
    return addNamed(schema, named);
  });
  return [...new Set(types)].join(" | ");
}

/** The type of an answer's schema; the schema itself and all named parts of it are declared. */
function addNamed(schema: z.ZodType, named: Named): string {
  const { $defs, ...document } = z.toJSONSchema(schema, { io: "output", reused: "inline" });
  for (const [name, part] of Object.entries(partOf($defs))) declare(name, partOf(part), named);
  const name = z.globalRegistry.get(schema)?.id;
  if (name === undefined) return typeOf(document, named);
  declare(name, document, named);
  return name;
}

function declare(name: string, part: Part, named: Named): void {
  if (named.has(name)) return;
  // The place is taken before the fields are looked at, in case that they name the part itself.
  named.set(name, { comment: "", type: "", fields: [] });
  const comment = commentOf(part).trimStart();
  const type = typeOf(part, named);
  const fields = type.startsWith("{") ? fieldsOf(part, named) : [];
  named.set(name, { comment, type, fields });
}

function declarationOf(name: string, { comment, type, fields }: Declared, named: Named): string {
  if (fields.length === 0) return `${comment}export type ${name} = ${type};`;
  const [base, extended = []] = baseOf(fields, named);
  if (base === undefined) return `${comment}export interface ${name} ${type}`;
  const own = fields.filter((each) => !extended.includes(each));
  return `${comment}export interface ${name} extends ${base} ${objectOf(own)}`;
}

/** The part with fewer fields, all of which are among these; none when they are few. */
function baseOf(
  fields: readonly string[],
  named: Named,
): readonly [name?: string, fields?: readonly string[]] {
  for (const [name, other] of named) {
    const { length } = other.fields;
    const isPart = other.fields.every((each) => fields.includes(each));
    if (length >= extendedFieldsMin && length < fields.length && isPart) {
      return [name, other.fields];
    }
  }
  return [];
}

/** The type of a value that this part of a schema describes. */
function typeOf(part: Part, named: Named): string {
  const { $ref, const: only, enum: choices, anyOf, type } = part;
  if (typeof $ref === "string") return $ref.slice($ref.lastIndexOf("/") + 1);
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(choices)) return choices.map((each) => JSON.stringify(each)).join(" | ");
  if (Array.isArray(anyOf)) {
    return [...new Set(anyOf.map((each) => typeOf(partOf(each), named)))].join(" | ");
  }
  if (Array.isArray(type)) {
    return type.map((each) => typeOf({ ...part, type: each }, named)).join(" | ");
  }
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return `readonly (${typeOf(partOf(part["items"]), named)})[]`;
    case "object":
      return objectTypeOf(part, named);
    default:
      return "unknown";
  }
}

function objectTypeOf(part: Part, named: Named): string {
  const { properties, additionalProperties } = part;
  if (properties === undefined && typeof additionalProperties === "object") {
    return `Readonly<Record<string, ${typeOf(partOf(additionalProperties), named)}>>`;
  }
  return objectOf(fieldsOf(part, named));
}

function fieldsOf({ properties, required }: Part, named: Named): readonly string[] {
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  return Object.entries(partOf(properties)).map(
    ([name, each]) => commentOf(each) + field(name, typeOf(partOf(each), named), isRequired(name)),
  );
}

/** What is said of a field, for editors. */
function commentOf(part: unknown): string {
  const { description } = partOf(part);
  return typeof description === "string" ? `\n/** ${sentence(description)} */\n` : "";
}

function field(name: string, type: string, isRequired: boolean): string {
  if (isRequired) return `readonly ${name}: ${type}`;
  return type === "unknown"
    ? `readonly ${name}?: unknown`
    : `readonly ${name}?: ${type} | undefined`;
}

function objectOf(fields: readonly string[]): string {
  return fields.length === 0 ? "Readonly<Record<string, never>>" : `{ ${fields.join("; ")} }`;
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

function partOf(value: unknown): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
