/** Texts of which only the beginning is kept. */
import { reasonBytesMax } from "@quorate/contract";
import type { TextCodec } from "./host.ts";

/** The text's beginning that has at most reasonBytesMax bytes, and no half character. */
export function cutReason(text: string, { encode, decode }: TextCodec): string {
  const bytes = encode(text);
  if (bytes.length <= reasonBytesMax) return text;
  let end = reasonBytesMax;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return decode(bytes, 0, end);
}
