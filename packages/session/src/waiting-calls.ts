/** Calls that have not been handed out yet, in the order of their arrival. */
import { operationsPerRequestMax, requestBytesMax } from "@quorate/protocol";
import type { Executed } from "./cluster-client.ts";
import {
  answerBytesPerRequestMax,
  callBytesWaitingMax,
  callsWaitingMax,
  gatheredBytesMin,
} from "./limits.ts";

export interface Call {
  readonly operation: Uint8Array;
  readonly answerBytesMax: number;
  readonly arrivedMs: number;
  readonly deadlineMs: number;
  /** Whether the caller is still there. */
  isWanted: boolean;
  /** Whether its time was up before its request was answered, and the caller was told so. */
  isGivenUp: boolean;
  resolve(executed: Executed): void;
  reject(error: Error): void;
}

/** Bytes around the operations of one request: its statement, session and counts. */
const requestOverheadBytes = 1_024;
/** Bytes in front of each operation: its length. */
const operationOverheadBytes = 4;

/** Bytes of one operation: alone it fits a request. */
export const operationBytesMax = requestBytesMax - requestOverheadBytes - operationOverheadBytes;

export class WaitingCalls {
  private calls: Call[] = [];
  private bytes = 0;
  /** What their answers may have. */
  private answerBytes = 0;

  get count(): number {
    return this.calls.length;
  }

  /** Whether what waits fills a request, or as much of one as makes it worth its costs. */
  get fillsRequest(): boolean {
    const isLarge = this.bytes >= gatheredBytesMin || this.answerBytes >= answerBytesPerRequestMax;
    return isLarge || this.calls.length >= operationsPerRequestMax;
  }

  /** False when there is no room: the caller is told that the gateway is overloaded. */
  add(call: Call): boolean {
    if (this.calls.length >= callsWaitingMax) return false;
    if (this.bytes + call.operation.length > callBytesWaitingMax) return false;
    this.calls.push(call);
    this.bytes += call.operation.length;
    this.answerBytes += call.answerBytesMax;
    return true;
  }

  /**
   * The next request's worth of calls: as many as fit, at least one, in order. Those on the way to
   * them whose callers have gone are `gone`: their ends are awaited, too.
   */
  takeBatch(): { readonly batch: readonly Call[]; readonly gone: readonly Call[] } {
    let requestBytes = requestOverheadBytes;
    let answerBytes = 0;
    const batch: Call[] = [];
    const gone: Call[] = [];
    let looked = 0;
    for (const call of this.calls) {
      if (!call.isWanted) gone.push(call);
      else {
        requestBytes += call.operation.length + operationOverheadBytes;
        answerBytes += call.answerBytesMax;
        const fits = requestBytes <= requestBytesMax && answerBytes <= answerBytesPerRequestMax;
        if (batch.length > 0 && (!fits || batch.length >= operationsPerRequestMax)) break;
        batch.push(call);
      }
      looked += 1;
    }
    this.drop(looked);
    return { batch, gone };
  }

  /** Removes and returns the calls for which `isDone` holds. */
  remove(isDone: (call: Call) => boolean): Call[] {
    const removed = this.calls.filter(isDone);
    if (removed.length === 0) return removed;
    this.calls = this.calls.filter((call) => !isDone(call));
    this.forget(removed);
    return removed;
  }

  private drop(count: number): void {
    this.forget(this.calls.splice(0, count));
  }

  private forget(calls: readonly Call[]): void {
    for (const { operation, answerBytesMax } of calls) {
      this.bytes -= operation.length;
      this.answerBytes -= answerBytesMax;
    }
  }
}
