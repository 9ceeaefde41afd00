import { type Shape, text } from "./shape.ts";

/** Characters of a text that is cut to bytes later; a request cannot be longer anyway. */
const cutCharsMax = 65_536;

/** A text of which only the first reasonBytesMax bytes are kept. */
export function cutText(limit: string): Shape<string> {
  return text({ limit, charsMax: cutCharsMax });
}
