/**
 * What a lying gateway has asked for, and whether it may have been executed.
 *
 * It is no client of whom a history is recorded: what it got executed in sessions of its own, in
 * the order of their numbers, is as good as anybody's. The rest must never be.
 */
import { hexEncode, type Sha256 } from "@quorate/prelude";
import type { ExecutedLog } from "../histories/executed-log.ts";
import { Violation } from "../checkers/violation.ts";

/** A request, of which others may have the same session and number. */
export interface AskedRequest {
  /** Text of the session's id. */
  readonly session: string;
  readonly number: number;
}

/** `never`: nobody may execute it. `anywhere`: the same bytes were asked for in several places. */
type Place = AskedRequest | "never" | "anywhere";

export class GatewayAccount {
  private readonly sha256: Sha256;
  private readonly places = new Map<string, Place>();

  constructor(sha256: Sha256) {
    this.sha256 = sha256;
  }

  /** Operations of one request that may be executed. */
  onAsked(operations: readonly Uint8Array[], request: AskedRequest): void {
    for (const operation of operations) this.note(operation, request);
  }

  /** Operations of a request that must be refused. */
  onRefusable(operations: readonly Uint8Array[]): void {
    for (const operation of operations) this.note(operation, "never");
  }

  /** Whether the lying gateway has asked for this operation: honest clients never do. */
  isOwn(operation: Uint8Array): boolean {
    return this.places.has(this.keyOf(operation));
  }

  /** Rule A4, from outside. Throws Violation `stolen key`. */
  check(log: ExecutedLog): void {
    const newest = new Map<string, AskedRequest>();
    const done = new Set<string>();
    for (const { op, call } of log.entries) {
      if (call === null) continue;
      const key = this.keyOf(call.asked);
      const place = this.places.get(key);
      if (place === undefined || place === "anywhere") continue;
      if (place === "never") throw violation(op, "what must be refused was executed");
      if (done.has(key)) throw violation(op, `request ${textOf(place)} was executed again`);
      done.add(key);
      const before = newest.get(place.session);
      if (before !== undefined && before !== place && before.number >= place.number) {
        throw violation(op, `request ${textOf(place)} was executed after ${textOf(before)}`);
      }
      newest.set(place.session, place);
    }
  }

  private note(operation: Uint8Array, place: Place): void {
    const key = this.keyOf(operation);
    this.places.set(key, this.places.has(key) ? "anywhere" : place);
  }

  private keyOf(operation: Uint8Array): string {
    return hexEncode(this.sha256(operation));
  }
}

function textOf({ session, number }: AskedRequest): string {
  return `${number} of session ${session}`;
}

function violation(op: number, what: string): Violation {
  return new Violation("stolen key", `at op ${op} ${what}`);
}
