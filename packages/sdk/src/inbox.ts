/** Where a worker's messages come from: one dequeue after the other, each until it is answered. */
import type { Message } from "./message.ts";
import type { QueueClient } from "./queue-client.ts";
import { isQuorateError, LeaseLostError } from "./quorate-error.ts";
import { randomId } from "./random-id.ts";
import type { WorkerSettings } from "./worker-options.ts";

interface Asked {
  readonly dequeueId: string;
  readonly max: number;
}

/** Shortest lease of the API, in ms: what a worker that goes away keeps for a moment more. */
const leaseMsLeft = 1000;

/** Receives for one worker, which may have several. */
export class Inbox<T> {
  private readonly queue: QueueClient<T>;
  private readonly settings: WorkerSettings;
  /** The dequeue whose answer is not known; asked again, it brings the same messages. */
  private asked: Asked | null = null;

  constructor(queue: QueueClient<T>, settings: WorkerSettings) {
    this.queue = queue;
    this.settings = settings;
  }

  /** Up to `max` messages, or none when none came in time. Rejects with a `QuorateError`. */
  async receive(max: number, signal: AbortSignal): Promise<readonly Message<T>[]> {
    const { leaseMs, waitMs, maxPerGroup, name } = this.settings;
    const asked = (this.asked ??= { dequeueId: randomId(), max });
    try {
      const call = { ...asked, leaseMs, waitMs, maxPerGroup, worker: name, signal };
      const { messages } = await this.queue.dequeue(call);
      this.asked = null;
      return messages;
    } catch (error) {
      if (isQuorateError(error) && error.outcome === "not-executed") this.asked = null;
      throw error;
    }
  }

  /** Gives back what a dequeue has taken whose answer nobody has read. */
  async giveBack(): Promise<void> {
    if (this.asked === null) return;
    try {
      const { extended } = await this.queue.extendAll(this.asked, leaseMsLeft);
      if (extended.length === 0) return;
      await this.queue.settle(extended.map(({ leaseId }) => ({ leaseId, action: "release" })));
    } catch (error) {
      // Nobody knows of leases of this dequeue: it has taken nothing.
      if (!(error instanceof LeaseLostError)) throw error;
    }
  }
}
