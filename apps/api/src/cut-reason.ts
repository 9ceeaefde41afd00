/** Texts of which only the beginning is kept. */
import { reasonBytesMax } from "@quorate/contract";

/** The text's beginning that has at most reasonBytesMax bytes, and no half character. */
export function cutReason(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= reasonBytesMax) return text;
  let end = reasonBytesMax;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}
