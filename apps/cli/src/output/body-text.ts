import { type Fields, jsonText, textAt } from "../exact-json.ts";
import { bytesText, visible } from "./cell.ts";

/** Characters of a body in a table: it is the last column, and a glance is enough. */
const bodyCharsMax = 200;

/** What stands for a part of a message that the token may not see. */
export const needsPeek = "(needs peek)";

/** The body of a message in one line: its JSON, or its text, or how many bytes there are. */
export function bodyText(message: Fields): string {
  if (!isBodyShown(message)) return needsPeek;
  const { bodyBase64, body } = message;
  return short(typeof bodyBase64 === "string" ? bytesIn(message) : JSON.stringify(body));
}

/** All of the body: a list or an object line by line, bytes as text where they are some. */
export function wholeBodyText(message: Fields): string {
  if (!isBodyShown(message)) return needsPeek;
  const { bodyBase64, body } = message;
  return typeof bodyBase64 === "string" ? bytesIn(message) : jsonText(body, "indented");
}

/** Bodies are in the answer only where the token has `peek`. */
function isBodyShown(message: Fields): boolean {
  return Object.hasOwn(message, "body") || Object.hasOwn(message, "bodyBase64");
}

function bytesIn(message: Fields): string {
  const bytes = Buffer.from(textAt(message, "bodyBase64"), "base64");
  const type = textAt(message, "contentType");
  return type.startsWith("text/")
    ? bytes.toString("utf8")
    : `${bytesText(bytes.length)} of ${visible(type)}`;
}

/** The beginning of a text, for the last column of a table. */
export function short(text: string): string {
  return visible(text.length > bodyCharsMax ? `${text.slice(0, bodyCharsMax)}…` : text);
}
