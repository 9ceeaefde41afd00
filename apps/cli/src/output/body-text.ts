import { type Fields, valueAt } from "../exact-json.ts";
import { bytesText, visible } from "./cell.ts";

/** Characters of a body in a table: it is the last column, and a glance is enough. */
const bodyCharsMax = 200;

/** The body of a message in one line: its JSON, or its text, or how many bytes there are. */
export function bodyText(message: Fields): string {
  const base64 = valueAt(message, "bodyBase64");
  if (typeof base64 !== "string") return short(JSON.stringify(valueAt(message, "body")) ?? "");
  const bytes = Buffer.from(base64, "base64");
  const type = valueAt(message, "contentType");
  if (typeof type === "string" && type.startsWith("text/")) return short(bytes.toString("utf8"));
  return `${bytesText(bytes.length)} of ${visible(String(type))}`;
}

/** The beginning of a text, for the last column of a table. */
export function short(text: string): string {
  return visible(text.length > bodyCharsMax ? `${text.slice(0, bodyCharsMax)}…` : text);
}
