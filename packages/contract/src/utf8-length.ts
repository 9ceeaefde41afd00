import { printablePattern } from "./names.ts";

/** Bytes of the text in UTF-8. */
export function utf8Length(value: string): number {
  if (printablePattern.test(value)) return value.length;
  let bytes = 0;
  for (const character of value) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
