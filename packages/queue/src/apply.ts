import { type ExecutionContext, type Sha256, unreachable } from "@quorate/prelude";
import { dequeue } from "./dequeue.ts";
import { enqueue } from "./enqueue.ts";
import { once } from "./once.ts";
import type { Operation } from "./operation.ts";
import { pauseQueue } from "./pause-queue.ts";
import { putQueue } from "./put-queue.ts";
import { cancelTask, redrive } from "./redrive.ts";
import { deleteMessage, deleteQueue, purge } from "./removal.ts";
import { extendDequeue } from "./replay.ts";
import { revoke } from "./revoke.ts";
import { settle } from "./settle.ts";
import type { QueueState } from "./state.ts";

/** Does what the operation says and returns the outcome's bytes. The clocks have advanced. */
export function apply(
  state: QueueState,
  operation: Operation,
  context: ExecutionContext,
  sha256: Sha256,
): Uint8Array {
  switch (operation.type) {
    case "put-queue":
      return putQueue(state, operation);
    case "enqueue":
      return enqueue(state, operation);
    case "dequeue":
      return dequeue(state, operation, context, sha256);
    case "settle":
      return settle(state, operation);
    case "extend-dequeue":
      return extendDequeue(state, operation);
    case "revoke":
      return revoke(state, operation);
    case "pause-queue":
      return pauseQueue(state, operation);
    case "once":
      return once(state, operation, (inner) => apply(state, inner, context, sha256));
    case "redrive":
      return redrive(state, operation);
    case "cancel-task":
      return cancelTask(state, operation);
    case "purge":
      return purge(state, operation);
    case "delete-queue":
      return deleteQueue(state, operation);
    case "delete-message":
      return deleteMessage(state, operation);
    default:
      return unreachable(operation);
  }
}
