/** A JSON schema for people: what kind of value, within which limits, with which fields. */
import { html, type Html, none } from "./html.ts";
import { entriesOf, listOf, partOf, textOf } from "./json-part.ts";
import { tableHtml } from "./table-html.ts";

/** The schema in a line; a named part is a link to where it is described. */
export function schemaLine(schema: unknown): Html {
  const reference = textOf(schema, "$ref");
  if (reference !== "") {
    const name = reference.split("/").at(-1) ?? "";
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = listOf(schema, "enum");
  if (choices.length > 0) return html`${choices.map((each) => JSON.stringify(each)).join(" or ")}`;
  const only = partOf(schema, "const");
  if (only !== undefined) return html`${JSON.stringify(only)}`;
  // What else an object must be, beside its fields, the descriptions of these say.
  const hasFields = partOf(schema, "properties") !== undefined;
  const either = hasFields ? [] : alternativesOf(schema);
  if (either.length > 0) {
    const lines = new Map(either.map(schemaLine).map((line) => [line.html, line]));
    return [...lines.values()].reduce((all, each) => html`${all} or ${each}`);
  }
  const items = partOf(schema, "items");
  if (items !== undefined) return html`list of ${schemaLine(items)}${limitsOf(schema)}`;
  return html`${kindOf(schema)}${limitsOf(schema)}`;
}

/** The fields of an object, one a row, with the fields of objects inside; nothing for other kinds. */
export function fieldsTable(schema: unknown): Html {
  const rows = fieldRows(schema, "");
  return rows.length === 0 ? none : tableHtml(["Field", "Value"], rows);
}

function fieldRows(schema: unknown, prefix: string): readonly Html[] {
  return fieldsOf(schema).flatMap(({ name, field, isRequired, words }) => {
    const mark = isRequired ? none : html` <i>optional</i>`;
    const row = html`<tr>
      <td><code>${prefix}${name}</code>${mark}</td>
      <td>${schemaLine(field)}${words === "" ? none : html`<br />${words}`}</td>
    </tr>`;
    const items = partOf(field, "items");
    const [inner, step] = items === undefined ? [field, "."] : [items, "[]."];
    return [row, ...fieldRows(inner, `${prefix}${name}${step}`)];
  });
}

interface Field {
  readonly name: string;
  readonly field: unknown;
  readonly isRequired: boolean;
  /** What it means, and of which alternatives it is where it is not of all. */
  readonly words: string;
}

/** The fields of an object, or of all objects that a value may be, each once. */
function fieldsOf(schema: unknown): readonly Field[] {
  if (partOf(schema, "properties") !== undefined) return ownFieldsOf(schema);
  const alternatives = alternativesOf(schema).map(ownFieldsOf);
  const all = alternatives.flatMap((fields) => {
    const kind = kindOfAll(fields);
    return fields.map((field) => ({ ...field, kind }));
  });
  const names = new Set(all.map(({ name }) => name));
  return [...names].map((name) => {
    const same = all.filter((each) => each.name === name);
    return merged(name, same, same.length === alternatives.length);
  });
}

/** A field that several alternatives have; `isCommon`: all of them. */
function merged(
  name: string,
  same: readonly (Field & { readonly kind: string })[],
  isCommon: boolean,
): Field {
  const kinds = new Map<string, string[]>();
  for (const { words, kind } of same) kinds.set(words, [...(kinds.get(words) ?? []), kind]);
  const isSaidOfAll = isCommon && kinds.size === 1;
  const words = [...kinds].map(([said, of]) => {
    if (isSaidOfAll) return said;
    return said === "" ? of.join(", ") : `${of.join(", ")}: ${said}`;
  });
  const [first, ...others] = same.map(({ field }) => field);
  return {
    name,
    field: others.length === 0 ? first : { anyOf: [first, ...others] },
    isRequired: isCommon && same.every((each) => each.isRequired),
    words: words.join("; "),
  };
}

function ownFieldsOf(schema: unknown): readonly Field[] {
  const required = new Set(listOf(schema, "required"));
  return entriesOf(schema, "properties").map(([name, field]) => {
    return { name, field, isRequired: required.has(name), words: textOf(field, "description") };
  });
}

/** What tells an alternative from the others: the fields of it that have one value alone. */
function kindOfAll(fields: readonly Field[]): string {
  const kinds = fields.flatMap(({ field }) => {
    const choices = listOf(field, "enum");
    const only = choices.length === 1 ? choices[0] : partOf(field, "const");
    return typeof only === "string" ? [only] : [];
  });
  return kinds.join(" ");
}

function alternativesOf(schema: unknown): readonly unknown[] {
  return [...listOf(schema, "anyOf"), ...listOf(schema, "oneOf")];
}

function kindOf(schema: unknown): string {
  const type = textOf(schema, "type");
  const format = textOf(schema, "format");
  if (type === "" || format === "binary") return format === "binary" ? "bytes" : "any value";
  return format === "" ? type : `${type} (${format})`;
}

const limits = [
  ["minimum", "from"],
  ["maximum", "to"],
  ["minLength", "at least", "characters"],
  ["maxLength", "at most", "characters"],
  ["minItems", "at least", "entries"],
  ["maxItems", "at most", "entries"],
] as const;

function limitsOf(schema: unknown): Html {
  const said = limits.flatMap(([name, word, unit = ""]) => {
    const limit = partOf(schema, name);
    // The largest whole number that JSON keeps is no limit that tells anything.
    if (typeof limit !== "number" || Math.abs(limit) === Number.MAX_SAFE_INTEGER) return [];
    return [`${word} ${limit.toLocaleString("en-US")} ${unit}`.trim()];
  });
  // Of a format the pattern says nothing that a person can read.
  const pattern = textOf(schema, "format") === "" ? textOf(schema, "pattern") : "";
  const like = pattern === "" ? none : html` like <code>${pattern}</code>`;
  return said.length === 0 && pattern === ""
    ? none
    : html` <small>${said.join(", ")}${like}</small>`;
}
