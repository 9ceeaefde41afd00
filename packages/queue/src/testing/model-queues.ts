import type { Operation } from "../operation.ts";
import { type QueueConfig, queueConfigOf } from "../queue-config.ts";
import { queueConfigHas } from "../queue-config-fields.ts";
import { groupFrontMax } from "../limits.ts";
import { ModelLeases } from "./model-leases.ts";
import type { ModelAnswer } from "./model-message.ts";
import { ModelQueue } from "./model-queue.ts";

/** How queues and what they hold come and go, but by enqueue and settle. */
export class ModelQueues extends ModelLeases {
  readonly queues = new Map<string, ModelQueue>();
  private readonly frontMax: number;
  private nextIncarnation = 1;

  /** `frontMax` as the machine has it. */
  constructor(frontMax: number = groupFrontMax) {
    super();
    this.frontMax = frontMax;
  }

  addQueue(name: string, config: QueueConfig): ModelQueue {
    const queue = new ModelQueue(config, this.nextIncarnation, this.frontMax);
    this.nextIncarnation += 1;
    this.queues.set(name, queue);
    return queue;
  }

  protected endByRetention(queue: ModelQueue): void {
    const { retentionMs } = queue.config;
    for (const message of queue.messages.values()) {
      const isWaiting = message.state === "ready" || message.state === "scheduled";
      const isOver = message.enqueuedAt + retentionMs * 1_000 <= this.now;
      if (isWaiting && isOver && message.redrives === 0) this.endMessage(queue, message);
    }
    for (const message of queue.messages.values()) {
      if (message.state === "dead" && queue.deadEndOf(message) <= this.now)
        this.takeAway(queue, message);
    }
  }

  protected putQueue(
    queue: ModelQueue | undefined,
    { queue: name, config: patch, precondition }: Extract<Operation, { type: "put-queue" }>,
  ): ModelAnswer {
    if (queue === undefined) {
      if (precondition.kind === "match-any") return { refused: "etag-mismatch" };
      const { incarnation, version } = this.addQueue(name, queueConfigOf(patch));
      return { created: true, incarnation, version };
    }
    if (precondition.kind === "absent") return { refused: "queue-exists" };
    const config = queueConfigOf(patch);
    if (precondition.kind === "none" && !queueConfigHas(queue.config, patch)) {
      return { refused: "precondition-required" };
    }
    if (precondition.kind === "match-any" && !queueConfigHas(queue.config, config)) {
      if (config.onDead === "continue") {
        // Dead letters hold nobody up any more, also those that are leased as such.
        for (const message of queue.messages.values()) {
          if (message.death > 0) queue.leaveGroup(message);
        }
      }
      queue.config = config;
      queue.version += 1;
    }
    return { created: false, incarnation: queue.incarnation, version: queue.version };
  }

  protected remove(
    queue: ModelQueue,
    operation: Extract<Operation, { type: "purge" | "delete-queue" | "delete-message" }>,
  ): ModelAnswer {
    if (operation.type === "purge") {
      if (queue.config.denyPurge) return { refused: "purge-denied" };
      const purged = [...queue.messages.values()].filter(({ state }) =>
        operation.states.some((each) => each === state),
      );
      for (const message of purged) this.takeAway(queue, message);
      return { removed: purged.length };
    }
    if (operation.type === "delete-queue") {
      if (queue.config.denyDelete) return { refused: "delete-denied" };
      if (queue.messages.size > 0 && !operation.force) return { refused: "queue-not-empty" };
      this.queues.delete(operation.queue);
      return {};
    }
    const { op, index } = operation.message;
    const message = [...queue.messages.values()].find(
      ({ key }) => key.op === op && key.index === index,
    );
    if (message === undefined) return { refused: "message-not-found" };
    if (message.state === "leased" && !operation.force) return { refused: "message-leased" };
    this.takeAway(queue, message);
    return {};
  }
}
