/** Where a worker's messages come from: one dequeue after the other, each until it is answered. */
import type { Message } from "./message.ts";
import type { QueueClient } from "./queue-client.ts";
import { LeaseLostError, RefusedError } from "./quorate-error.ts";
import { randomId } from "./random-id.ts";
import type { WorkerSettings } from "./worker-options.ts";

interface Asked {
  readonly dequeueId: string;
  readonly max: number;
}

/** A worker that goes away asks for longer than another call does: nobody asks after it. */
const lastCall = { timeoutMs: 30_000, maxRetries: 1000 } as const;

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

  /** How many messages a dequeue may yet bring whose answer is not known; null when there is none. */
  get asking(): number | null {
    return this.asked?.max ?? null;
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
      if (isHopeless(error)) this.asked = null;
      throw error;
    }
  }

  /** Gives back what a dequeue has taken whose answer nobody has read, unless it is aborted. */
  async giveBack(signal: AbortSignal): Promise<void> {
    if (this.asked === null) return;
    const options = { ...lastCall, signal };
    try {
      const { leaseMs } = this.settings;
      const { extended } = await this.queue.extendAll(this.asked, leaseMs, options);
      if (extended.length === 0) return;
      const releases = extended.map(({ leaseId }) => ({ leaseId, action: "release" as const }));
      await this.queue.settle(releases, options);
    } catch (error) {
      // Nobody knows of leases of this dequeue: it has taken nothing.
      if (!(error instanceof LeaseLostError)) throw error;
    }
  }
}

/**
 * Whether the call will never be answered otherwise. Anything else leaves open whether an attempt of
 * this call, or of the same one before, has taken something; a token may be accepted again.
 */
function isHopeless(error: unknown): boolean {
  return error instanceof RefusedError && error.status !== 401 && error.status !== 403;
}
