import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Collects `name=value` options that may be given often. Throws InvalidArgumentError. */
export function collectPair(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected name=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
