import type { ExecutionContext, StateMachine } from "@quorate/prelude";
import { resultsBytesMax } from "@quorate/protocol";

/** What stands for an outcome that no reply can carry. */
const noResult = new Uint8Array(0);

/**
 * Executes the operations of one request, as far as a reply can carry their outcomes.
 *
 * One whose outcome does not fit any more has an empty result, and those after it are not executed
 * and have one, too. Honest gateways never ask for so much. Without the limit one small request
 * of many dequeues would have gigabytes of outcomes, on every replica and again at every start.
 *
 * `context` is of the first operation; `requestIndex` counts on from there.
 */
export function runOperations(
  machine: StateMachine,
  operations: readonly Uint8Array[],
  context: ExecutionContext,
): readonly Uint8Array[] {
  const results: Uint8Array[] = [];
  let bytes = 0;
  for (const [index, operation] of operations.entries()) {
    if (bytes > resultsBytesMax) {
      results.push(noResult);
      continue;
    }
    const requestIndex = context.requestIndex + index;
    const result = machine.execute(operation, { ...context, requestIndex });
    bytes += result.length;
    results.push(bytes > resultsBytesMax ? noResult : result);
  }
  return results;
}
