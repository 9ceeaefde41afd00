/**
 * JSON that keeps whole numbers exact: those beyond 2^53 are read as, and written from, BigInt.
 *
 * `JSON.parse` with source text and `JSON.rawJSON` would do, but Node 20 has neither. So a text
 * that holds no run of 16 digits, and a value that holds no BigInt, take the ordinary way.
 */

/** 2^53 has 16 digits: a text in which no value begins so has no number that would lose a digit. */
const longNumber = /(?:^|[[:,\s-])\d{16}/;

/** A whole text or a whole number, so that digits inside of texts are never taken for numbers. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const wholeNumber = /^-?\d+$/;

/** The value of a JSON text; whole numbers beyond 2^53 are BigInt. Throws a SyntaxError. */
export function parseJson(text: string): unknown {
  if (!longNumber.test(text)) return JSON.parse(text);
  const mark = newMark();
  const marked = text.replaceAll(stringOrNumber, (found) =>
    wholeNumber.test(found) && !Number.isSafeInteger(Number(found)) ? `"${mark}${found}"` : found,
  );
  return JSON.parse(marked, (_name, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** The JSON text of a value; a BigInt is written as a number. Throws a TypeError where none is. */
export function stringifyJson(value: unknown): string {
  const text = ordinaryText(value);
  if (text === undefined) throw new TypeError("the value has no JSON");
  return text;
}

function ordinaryText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // The other reason for it, a value that contains itself, is found again on the slow way.
    if (error instanceof TypeError) return stringifyBigInts(value);
    throw error;
  }
}

function stringifyBigInts(value: unknown): string {
  const mark = newMark();
  const text = JSON.stringify(value, (_name, each: unknown) =>
    typeof each === "bigint" ? `${mark}${each}` : each,
  );
  return text.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}

/** Not to be guessed by whoever writes the text, so that no text can look like a marked number. */
function newMark(): string {
  return `bigint-${Array.from(crypto.getRandomValues(new Uint32Array(4)), String).join("-")}:`;
}
