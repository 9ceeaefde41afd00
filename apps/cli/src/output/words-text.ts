import { wrapped } from "./wrapped.ts";

/** Characters of a line of words in a record: it stands beside its title. */
const lineChars = 60;

/** Many words, such as scopes, in lines that fit beside a title. */
export function wordsText(words: readonly string[]): string {
  return wrapped(words.join(" "), lineChars).join("\n");
}
