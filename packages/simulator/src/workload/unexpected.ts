import type { Outcome } from "@quorate/queue";
import { Violation } from "../checkers/violation.ts";

/** No cluster may answer this to what was asked. */
export function unexpected(what: string, outcome: Outcome): Violation {
  return new Violation("outcomes", `${what} answered ${JSON.stringify(outcome)}`);
}
