/** A call as it waits: what was asked, until when, and who is told. */
import { assert } from "@quorate/prelude";
import type { CallOptions, CallSignal, Consistency, Executed } from "./cluster-client.ts";
import { answerBytesDefault } from "./limits.ts";
import { type Call, operationBytesMax } from "./waiting-calls.ts";
import type { Read } from "./waiting-reads.ts";

export interface Caller {
  readonly nowMs: number;
  readonly resolve: (executed: Executed) => void;
  readonly reject: (error: Error) => void;
}

/** A call of an operation that fits a request: one that did not would hold up its session for ever. */
export function newCall(operation: Uint8Array, options: CallOptions, caller: Caller): Call {
  assert(operation.length <= operationBytesMax, "an operation fits a request");
  const call: Call = {
    operation,
    answerBytesMax: options.answerBytesMax ?? answerBytesDefault,
    arrivedMs: caller.nowMs,
    deadlineMs: caller.nowMs + options.timeoutMs,
    isWanted: true,
    isGivenUp: false,
    resolve: caller.resolve,
    reject: caller.reject,
  };
  onAbort(options.signal, () => (call.isWanted = false));
  return call;
}

export function newRead(
  question: Uint8Array,
  options: CallOptions & { readonly consistency: Consistency },
  caller: Caller,
): Read {
  const read: Read = {
    question,
    consistency: options.consistency,
    arrivedMs: caller.nowMs,
    deadlineMs: caller.nowMs + options.timeoutMs,
    isWanted: true,
    sentMs: -Infinity,
    sentTo: -1,
    resolve: caller.resolve,
    reject: caller.reject,
  };
  onAbort(options.signal, () => (read.isWanted = false));
  return read;
}

function onAbort(signal: CallSignal | undefined, callback: () => void): void {
  if (signal === undefined) return;
  if (signal.aborted) return callback();
  signal.addEventListener("abort", callback);
}
