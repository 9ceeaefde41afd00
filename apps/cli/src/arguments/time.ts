/** Times on the command line: RFC 3339, as the API takes them. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { parseTime } from "@quorate/contract";

/** The text itself, when it is a time. Throws InvalidArgumentError. */
export function timeText(text: string): string {
  if (parseTime(text) !== null) return text;
  throw new InvalidArgumentError(
    "Expected a time such as 2026-11-23T04:05:06Z or 2026-11-23T05:05:06+01:00.",
  );
}
