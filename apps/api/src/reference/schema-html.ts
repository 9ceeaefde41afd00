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
  const either = [...listOf(schema, "anyOf"), ...listOf(schema, "oneOf")];
  if (either.length > 0)
    return either.map(schemaLine).reduce((all, each) => html`${all} or ${each}`);
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
  const required = new Set(listOf(schema, "required"));
  return entriesOf(schema, "properties").flatMap(([name, field]) => {
    const mark = required.has(name) ? none : html` <i>optional</i>`;
    const row = html`<tr>
      <td><code>${prefix}${name}</code>${mark}</td>
      <td>${schemaLine(field)}</td>
    </tr>`;
    const inner = partOf(field, "properties") === undefined ? partOf(field, "items") : field;
    const step = inner === field ? "." : "[].";
    return [row, ...fieldRows(inner, `${prefix}${name}${step}`)];
  });
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
