import { styleText } from "node:util";

/** What a colour says. The meaning is chosen here, never at the place of use. */
export type Meaning = "title" | "primary" | "quiet" | "good" | "warning" | "bad" | "changing";

/** Colours a text, or leaves it as it is where colours are not wanted. */
export type Paint = (meaning: Meaning, text: string) => string;

const formats = {
  title: "bold",
  primary: "cyan",
  quiet: "gray",
  good: "green",
  warning: "yellow",
  bad: "red",
  changing: "magenta",
} as const satisfies Record<Meaning, string>;

/** What people say about colours, in the environment. */
export interface ColorChoice {
  readonly isColorless: boolean;
  readonly isColorForced: boolean;
}

/** The paint for a place where a person looks, or nobody. */
export function paintFor(isTerminal: boolean, choice: ColorChoice): Paint {
  return paintOf(!choice.isColorless && (isTerminal || choice.isColorForced));
}

/** A paint that colours, or one that does not. */
export function paintOf(isColored: boolean): Paint {
  if (!isColored) return (_meaning, text) => text;
  return (meaning, text) => styleText(formats[meaning], text, { validateStream: false });
}
