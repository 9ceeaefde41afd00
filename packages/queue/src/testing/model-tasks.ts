import type { MessageKey } from "../ids.ts";
import type { Redrive } from "../operation.ts";
import type { RedriveFilter } from "../redrive-filter.ts";
import type { TaskView } from "../task.ts";
import { deadLettersOf } from "./model-dead.ts";
import type { ModelAnswer, ModelMessage } from "./model-message.ts";
import type { ModelQueue } from "./model-queue.ts";
import { ModelQueues } from "./model-queues.ts";

interface ModelTask {
  readonly number: number;
  readonly name: string;
  readonly queue: ModelQueue;
  readonly targetName: string;
  readonly target: ModelQueue;
  readonly filter: RedriveFilter;
  readonly rate: number;
  readonly startedAt: number;
  /** Those that were dead letters when it began, and not looked at so far. */
  waiting: readonly { readonly message: ModelMessage; readonly death: number }[];
  endedAt: number | null;
  state: TaskView["state"];
  matched: number;
  moved: number;
  pacedTo: number;
}

/** Redrives, which pulses carry on. */
export class ModelTasks extends ModelQueues {
  readonly tasks = new Map<number, ModelTask>();

  /** The task as reads show it. */
  viewTask(number: number): TaskView | null {
    const task = this.tasks.get(number);
    if (task === undefined) return null;
    const { name, state, matched, moved, startedAt, endedAt } = task;
    return {
      number,
      queue: name,
      state,
      matched,
      counting: false,
      moved,
      startedAtMs: Math.floor(startedAt / 1_000),
      endedAtMs: endedAt === null ? null : Math.floor(endedAt / 1_000),
    };
  }

  protected redrive(queue: ModelQueue, operation: Redrive): ModelAnswer {
    const targetName = operation.target ?? operation.queue;
    const target = this.queues.get(targetName);
    if (target === undefined) return { refused: "queue-not-found" };
    const { filter, rate } = operation;
    const meant = deadLettersOf(queue).filter((message) => isMeant(message, filter));
    const number = this.tasks.size + 1;
    this.tasks.set(number, {
      number,
      name: operation.queue,
      queue,
      targetName,
      target,
      filter,
      rate,
      startedAt: this.now,
      waiting: spanOf(queue, filter).map((message) => ({ message, death: message.death })),
      endedAt: meant.length === 0 ? this.now : null,
      state: meant.length === 0 ? "done" : "running",
      matched: meant.length,
      moved: 0,
      pacedTo: this.now,
    });
    return { task: this.viewTask(number) };
  }

  protected cancelTask(number: number): ModelAnswer {
    const task = this.tasks.get(number);
    if (task === undefined) return { refused: "task-not-found" };
    if (task.state === "running") this.endTask(task, "cancelled");
    return { task: this.viewTask(number) };
  }

  protected carryOnTasks(): void {
    for (const task of this.tasks.values()) {
      if (task.state === "running") this.carryOn(task);
    }
  }

  private carryOn(task: ModelTask): void {
    const { queue, target, rate, filter } = task;
    const isThere =
      this.queues.get(task.name) === queue && this.queues.get(task.targetName) === target;
    if (!isThere) {
      this.endTask(task, "cancelled");
      return;
    }
    const passed = Math.min(Math.max(0, this.now - task.pacedTo), 1_000_000);
    const allowance = Math.floor((passed * rate) / 1_000_000);
    let moved = 0;
    for (;;) {
      // Whoever is leased as its turn comes is passed by.
      const at = task.waiting.findIndex(
        ({ message: { seq, state, death: now }, death }) =>
          queue.messages.get(seq)?.death === death && now === death && state === "dead",
      );
      const message = task.waiting[at]?.message;
      if (message === undefined) {
        this.endTask(task, "done");
        return;
      }
      if (moved === allowance) break;
      const isWanted = isMeant(message, filter);
      if (isWanted && target !== queue && !hasRoomFor(target, message)) {
        task.pacedTo = this.now + 1_000_000;
        return;
      }
      task.waiting = task.waiting.slice(at + 1);
      if (!isWanted) continue;
      this.revive(queue, target, message);
      moved += 1;
      task.moved += 1;
      task.matched = Math.max(task.matched, task.moved);
    }
    const since = Math.max(task.pacedTo, this.now - 1_000_000);
    task.pacedTo = since + Math.floor((moved * 1_000_000) / rate);
  }

  private revive(from: ModelQueue, to: ModelQueue, message: ModelMessage): void {
    if (to !== from) {
      from.leave(message);
      adopt(to, message);
      message.fence = 0;
      this.index += 1;
    }
    message.redrives += 1;
    message.failures = 0;
    message.deliveries = 0;
    message.rewinds = 0;
    message.death = 0;
    message.reason = null;
    message.ttlEnd = this.now + to.config.retentionMs * 1_000;
    to.rejoinGroup(message);
    to.becomeDue(message);
  }

  private endTask(task: ModelTask, state: "done" | "cancelled"): void {
    task.state = state;
    task.endedAt = this.now;
  }
}

// Those with these ids, else all that died for the reason between the deaths that the times say: a
// letter that is leased may come back before its turn.
function spanOf(
  queue: ModelQueue,
  { ids, reason, fromMs, toMs }: RedriveFilter,
): readonly ModelMessage[] {
  const first = fromMs === null ? 1 : firstDeathAt(queue, fromMs);
  const end = toMs === null ? queue.deaths + 1 : firstDeathAt(queue, toMs + 1);
  if (ids !== null) {
    return deadLettersOf(queue).filter(({ key, death }) => death >= first && isOneOf(key, ids));
  }
  return [...queue.messages.values()]
    .filter(({ death }) => death >= first && death < end)
    .filter((message) => reason === null || message.reason === reason)
    .toSorted((a, b) => a.death - b.death);
}

// The number of the first death at this time or later, of those that nobody leases.
function firstDeathAt(queue: ModelQueue, atMs: number): number {
  const letter = deadLettersOf(queue).find(({ diedAt }) => diedAt >= atMs * 1_000);
  return letter?.death ?? queue.deaths + 1;
}

function isOneOf({ op, index }: MessageKey, ids: readonly MessageKey[]): boolean {
  return ids.some((id) => id.op === op && id.index === index);
}

function isMeant(message: ModelMessage, filter: RedriveFilter): boolean {
  const { ids, reason, groupHash, errorType, fromMs, toMs } = filter;
  const diedAtMs = Math.floor(message.diedAt / 1_000);
  return (
    (ids === null || isOneOf(message.key, ids)) &&
    (reason === null || message.reason === reason) &&
    (groupHash === null || message.group === groupHash.join()) &&
    (errorType === null || message.errorType === errorType) &&
    (fromMs === null || diedAtMs >= fromMs) &&
    (toMs === null || diedAtMs <= toMs)
  );
}

function hasRoomFor(queue: ModelQueue, message: ModelMessage): boolean {
  const { maxMessages, maxBytes } = queue.config;
  return queue.messages.size < maxMessages && queue.bytes + message.bytes <= maxBytes;
}

// The queue takes a message over from another one, as its newest.
function adopt(queue: ModelQueue, message: ModelMessage): void {
  message.queue = queue;
  message.seq = queue.nextSeq;
  queue.nextSeq += 1;
  queue.messages.set(message.seq, message);
  queue.bytes += message.bytes;
}
