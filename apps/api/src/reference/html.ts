/** HTML from texts: whatever is not markup of ours is escaped. */

/** A piece of HTML. */
export interface Html {
  readonly html: string;
}

/** What may stand in a template: pieces as they are, texts escaped, lists joined. */
type Filling = Html | string | number | readonly Html[];

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The template with its fillings. */
export function html(parts: TemplateStringsArray, ...fillings: readonly Filling[]): Html {
  const filled = fillings.map((filling, index) => textOf(filling) + (parts[index + 1] ?? ""));
  return { html: (parts[0] ?? "") + filled.join("") };
}

/** Nothing. */
export const none: Html = { html: "" };

function textOf(filling: Filling): string {
  if (typeof filling === "string" || typeof filling === "number") {
    return String(filling).replaceAll(/[&<>"']/g, (char) => escapes[char] ?? "");
  }
  return "html" in filling ? filling.html : filling.map((each) => each.html).join("");
}
