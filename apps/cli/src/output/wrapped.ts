import { stripVTControlCharacters } from "node:util";

/** A space between words, not one between the digits of a number. */
const gap = /(?<!\d) | (?!\d{3}(?!\d))/u;

/** The text in lines of at most so many characters, broken at spaces, but never inside a number. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(gap)) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * The parts in lines of at most so many characters, two spaces between them; none is broken, and
 * colours are no characters.
 */
export function flowed(parts: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    const longer = `${line ?? ""}  ${part}`;
    if (line === undefined || stripVTControlCharacters(longer).length > columns) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
