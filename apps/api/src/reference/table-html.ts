import { type Html, html, none } from "./html.ts";

/** A table of these rows; without heads it has none. */
export function tableHtml(heads: readonly string[], rows: readonly Html[]): Html {
  const head = html`<thead>
    <tr>
      ${heads.map((text) => html`<th>${text}</th>`)}
    </tr>
  </thead>`;
  return html`<table>
    ${heads.length === 0 ? none : head}
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
