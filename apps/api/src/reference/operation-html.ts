/** One operation of the document, for people. */
import { html, type Html, none } from "./html.ts";
import { entriesOf, listOf, partOf, textOf } from "./json-part.ts";
import { fieldsTable, schemaLine } from "./schema-html.ts";
import { tableHtml } from "./table-html.ts";

/** An operation and where it is. */
export interface Operation {
  readonly path: string;
  readonly method: string;
  readonly operation: unknown;
}

/** The section of the operation. */
export function operationSection({ path, method, operation }: Operation): Html {
  const scope = textOf(operation, "x-quorate-scope");
  return html`<section id="${textOf(operation, "operationId")}">
    <h3><b class="${method}">${method.toUpperCase()}</b> <code>${path}</code></h3>
    <p>${textOf(operation, "summary")}</p>
    <p>${scopeSentence(scope)}</p>
    ${parametersTable(listOf(operation, "parameters"))} ${requestPart(operation)}
    ${responsesPart(operation)}
  </section>`;
}

function scopeSentence(scope: string): Html {
  if (scope === "") return html`Needs no token.`;
  if (scope === "any") return html`Needs a token, of whatever scope.`;
  const example = scope.includes(":") ? scope : `${scope}:<queue>`;
  return html`Needs the scope <code>${example}</code>.`;
}

function parametersTable(parameters: readonly unknown[]): Html {
  if (parameters.length === 0) return none;
  const rows = parameters.map((each) => {
    const description = textOf(each, "description");
    return html`<tr>
      <td><code>${textOf(each, "name")}</code> <i>${textOf(each, "in")}</i></td>
      <td>${schemaLine(partOf(each, "schema"))} ${description}</td>
    </tr>`;
  });
  return html`<h4>Parameters</h4>
    ${tableHtml([], rows)}`;
}

function requestPart(operation: unknown): Html {
  const content = entriesOf(operation, "requestBody", "content");
  return html`${content.map(
    ([type, media]) =>
      html`<h4>Body <code>${type}</code></h4>
        ${bodyHtml(partOf(media, "schema"))}`,
  )}`;
}

function bodyHtml(schema: unknown): Html {
  const hasFields = partOf(schema, "properties") !== undefined;
  return hasFields ? fieldsTable(schema) : html`<p>${schemaLine(schema)}</p>`;
}

function responsesPart(operation: unknown): Html {
  const rows = entriesOf(operation, "responses").map(([status, response]) => {
    const bodies = entriesOf(response, "content").map(([type, media]) => {
      const isProblem = type.includes("problem");
      return isProblem ? none : html` ${schemaLine(partOf(media, "schema"))}`;
    });
    return html`<tr>
      <td>${status}</td>
      <td>${textOf(response, "description")}${bodies}</td>
    </tr>`;
  });
  return html`<h4>Answers</h4>
    ${tableHtml([], rows)}`;
}
