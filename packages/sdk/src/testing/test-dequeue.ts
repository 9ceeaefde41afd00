/** How the gateway of a test hands messages out. */
import type { Dequeue } from "@quorate/queue";
import {
  type Answer,
  type Delivered,
  deliveredAnswer,
  type Host,
  isFull,
  receivingOf,
  takeOrAsk,
} from "@quorate/rest";
import type { Timers } from "../timers.ts";
import type { TestMachine } from "./test-machine.ts";

/** What messages are taken from, and in whose time. */
export interface TestQueues {
  readonly machine: TestMachine;
  readonly timers: Timers;
}

/** `POST …/dequeue`: waits, in the test's time, when there is nothing. */
export async function dequeueSome(
  queues: TestQueues & { readonly host: Host },
  call: Parameters<typeof receivingOf>[1],
  signal: AbortSignal | null,
): Promise<Answer> {
  const { machine, host } = queues;
  const receiving = receivingOf(host, call);
  const { operation, waitMs } = receiving;
  const first = machine.hold(takeOrAsk(operation));
  const isOver = isFull(first) || waitMs === 0;
  const delivered = isOver ? first : await waitFor(queues, operation, { waitMs, signal });
  return deliveredAnswer(host, delivered, receiving);
}

function waitFor(
  { machine, timers }: TestQueues,
  operation: Dequeue,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal | null },
): Promise<Delivered> {
  return new Promise((resolve, reject) => {
    const end = (finish: () => void) => {
      unwatch();
      cancel();
      signal?.removeEventListener("abort", onAbort);
      finish();
    };
    const attempt = (isLast: boolean) => {
      try {
        const found = machine.hold(takeOrAsk(operation));
        if (isLast || isFull(found)) end(() => resolve(found));
      } catch (error) {
        end(() => reject(error));
      }
    };
    // Who has gone takes nothing.
    const onAbort = () => end(() => reject(signal?.reason));
    const unwatch = machine.watch(operation.queue, () => attempt(false));
    const cancel = timers.after(waitMs, () => attempt(true));
    signal?.addEventListener("abort", onAbort, { once: true });
    // Who went while it was asked once will not go again.
    if (signal?.aborted === true) onAbort();
  });
}
