/**
 * What clients were told is what was executed: each answer is the outcome of its operation at its
 * op, and nothing was executed that nobody asked for, or more often than it was asked for.
 */
import { bytesEqual, hexEncode } from "@quorate/prelude";
import { decodeOperation } from "@quorate/queue";
import type { ExecutedEntry, ExecutedLog } from "./executed-log.ts";
import type { History, RawCall } from "./histories.ts";
import { Violation } from "../checkers/violation.ts";

type Executed = ExecutedEntry & { readonly call: NonNullable<ExecutedEntry["call"]> };

/**
 * Throws Violation: `answers`, or `exactly-once`. `isForeign`: asked for by somebody of whom no
 * history is recorded, and by nobody else.
 */
export function checkAnswers(
  log: ExecutedLog,
  history: History,
  isForeign: (asked: Uint8Array) => boolean = () => false,
): void {
  const operations = history.raw.filter(({ kind }) => kind === "operation");
  const left = new Map<number, Executed[]>();
  for (const entry of log.entries) {
    const { call, op } = entry;
    if (call !== null && !isForeign(call.asked))
      left.set(op, [...(left.get(op) ?? []), { ...entry, call }]);
  }
  for (const call of operations) {
    if (call.op !== null) takeAnswered(left.get(call.op) ?? [], call, call.op);
  }
  const unknown = new Map<string, number>();
  for (const { asked, told } of operations) {
    const key = hexEncode(asked);
    if (told === null) unknown.set(key, (unknown.get(key) ?? 0) + 1);
  }
  for (const { op, call } of [...left.values()].flat()) {
    const key = hexEncode(call.asked);
    const count = unknown.get(key) ?? 0;
    if (count === 0) {
      const what = `${decodeOperation(call.asked).type} was executed at op ${op}`;
      throw new Violation("exactly-once", `${what}, more often than it was asked for`);
    }
    unknown.set(key, count - 1);
  }
}

function takeAnswered(executed: Executed[], { asked, told }: RawCall, op: number): void {
  const at = executed.findIndex(
    ({ call }) => told !== null && bytesEqual(call.asked, asked) && bytesEqual(call.told, told),
  );
  if (at >= 0) {
    executed.splice(at, 1);
    return;
  }
  const what = `${decodeOperation(asked).type} was answered at op ${op}`;
  throw new Violation("answers", `${what} what was not executed there`);
}
