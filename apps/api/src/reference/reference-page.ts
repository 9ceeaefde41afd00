/**
 * The reference of this gateway's own API, as one page without scripts: made once, at start, from
 * the document that `/openapi.json` serves. Its one style sheet is in the page, named by its hash.
 */
import { createHash } from "node:crypto";
import { errors } from "@quorate/contract";
import { html, type Html } from "./html.ts";
import { entriesOf, textOf } from "./json-part.ts";
import { type Operation, operationSection } from "./operation-html.ts";
import { referenceStyle } from "./reference-style.ts";
import { fieldsTable, schemaLine } from "./schema-html.ts";
import { tableHtml } from "./table-html.ts";

/** The page and the policy that it is served with. */
export interface ReferencePage {
  readonly body: string;
  readonly policy: string;
}

/** The page of the document. */
export function referencePage(document: unknown): ReferencePage {
  const hash = createHash("sha256").update(referenceStyle).digest("base64");
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { body: `<!doctype html>\n${pageOf(document).html}\n`, policy: policy.join("; ") };
}

function pageOf(document: unknown): Html {
  const groups = groupsOf(document);
  const title = `${textOf(document, "info", "title")} API ${textOf(document, "info", "version")}`;
  // As one piece: the policy names exactly these bytes.
  const style: Html = { html: `<style>${referenceStyle}</style>` };
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title}</title>
      ${style}
    </head>
    <body>
      <nav aria-label="Operations">
        ${[...groups].map(navigation)}
        <p><a href="#schemas">Schemas</a></p>
        <p><a href="#errors">Errors</a></p>
      </nav>
      <main>
        <h1>${title}</h1>
        <p>
          ${textOf(document, "info", "description")} The same for programs:
          <a href="/openapi.json">openapi.json</a>.
        </p>
        <p>
          Send a token as <code>Authorization: Bearer …</code>, JSON as
          <code>application/json</code>. Refusals are <code>application/problem+json</code>: act on
          their <code>code</code>, <code>outcome</code> and <code>retryable</code>.
        </p>
        ${[...groups].map(
          ([name, operations]) =>
            html`<h2>${name}</h2>
              ${operations.map(operationSection)}`,
        )}
        <h2 id="schemas">Schemas</h2>
        ${entriesOf(document, "components", "schemas").map(schemaSection)}
        <h2 id="errors">Errors</h2>
        ${errorsTable()}
      </main>
    </body>
  </html>`;
}

/** Operations by what they are about, in the order of their paths. */
function groupsOf(document: unknown): ReadonlyMap<string, readonly Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const [path, methods] of entriesOf(document, "paths")) {
    for (const [method, operation] of entriesOf(methods)) {
      const name = groupOf(path);
      groups.set(name, [...(groups.get(name) ?? []), { path, method, operation }]);
    }
  }
  return groups;
}

function groupOf(path: string): string {
  const [, version, room = ""] = path.split("/");
  if (version !== "v1") return "Without a token";
  return room.charAt(0).toUpperCase() + room.slice(1);
}

function navigation([name, operations]: readonly [string, readonly Operation[]]): Html {
  const links = operations.map(({ path, method, operation }) => {
    const id = textOf(operation, "operationId");
    return html`<li>
      <a href="#${id}"
        ><b class="${method}">${method.toUpperCase()}</b> ${path.replace("/v1", "")}</a
      >
    </li>`;
  });
  return html`<p>${name}</p>
    <ul>
      ${links}
    </ul>`;
}

function schemaSection([name, schema]: readonly [string, unknown]): Html {
  return html`<section id="schema-${name}">
    <h3>${name}</h3>
    <p>${textOf(schema, "description")} ${schemaLine(schema)}</p>
    ${fieldsTable(schema)}
  </section>`;
}

function errorsTable(): Html {
  const rows = Object.entries(errors).map(
    ([code, { status, title, outcome, retryable }]) =>
      html`<tr>
        <td><code>${code}</code></td>
        <td>${status}</td>
        <td>${title}</td>
        <td>${outcome}</td>
        <td>${retryable ? "yes" : "no"}</td>
      </tr>`,
  );
  return tableHtml(["Code", "Status", "Means", "Outcome", "Retryable"], rows);
}
