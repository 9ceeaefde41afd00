/**
 * What becomes of each message: it leaves once, and what has left is never seen again. Told from
 * the answers alone, without any idea of how a queue works: an account beside the contract's model,
 * in which what was gone without a word (by its ttl, or in a purge of some states) counts as there.
 */
import {
  decodeOutcome,
  type Dequeued,
  messageIdText,
  type MessageKey,
  type Operation,
  type Outcome,
  type Settle,
  type Settled,
} from "@quorate/queue";
import { Violation } from "../checkers/violation.ts";
import { askedOperation } from "./asked-operation.ts";
import type { ExecutedEntry, ExecutedLog } from "./executed-log.ts";
import type { History, RecordedRead } from "./histories.ts";
import { inOrder } from "./in-order.ts";
import { TaskViews } from "./task-views.ts";

/** Purges of so many states leave nothing in a queue. */
const statesOfAll = 4;

interface Fate {
  /** The queue in which it was seen last. */
  queue: string;
  /** How it left, and at which op; null: it may be there. */
  end: string | null;
}

/** Throws Violation: `fates` of a message of these queues, or `tasks`. */
export function checkFates(log: ExecutedLog, history: History, queues: readonly string[]): void {
  const fates = new Fates(queues);
  for (const step of inOrder(log, history)) {
    if (step.kind === "read") fates.onRead(step.read);
    else fates.onExecuted(step.entry);
  }
}

class Fates {
  private readonly queues: ReadonlySet<string>;
  private readonly byId = new Map<string, Fate>();
  /** The message of each fence. */
  private readonly leased = new Map<number, string>();
  private readonly paused = new Set<string>();
  /** Queues into which messages of a queue may have been redriven. */
  private readonly targets = new Map<string, Set<string>>();
  private readonly tasks = new TaskViews();
  private newestFence = 0;
  private op = 0;

  constructor(queues: readonly string[]) {
    this.queues = new Set(queues);
  }

  onExecuted({ op, call }: ExecutedEntry): void {
    if (call === null) return;
    const asked = askedOperation(call.asked);
    const told = decodeOutcome(call.told);
    this.op = op;
    if (asked === null) return;
    // Whoever repeats a call under its key is told what was done before, and nothing is done.
    if (told.type === "repeated") return;
    this.onDone(asked.type === "once" ? asked.operation : asked, told);
  }

  onRead({ asked, told, op }: RecordedRead): void {
    this.op = op ?? 0;
    if (told?.type === "task" && told.task !== null) this.tasks.onTold(this.op, told.task);
    if (!("queue" in asked) || !this.queues.has(asked.queue)) return;
    if (told?.type === "messages") {
      for (const { message } of told.listing?.entries ?? []) this.onSeen(asked.queue, message);
    }
    if (told?.type !== "queue" || told.view === null) return;
    const { ready, blocked, leased, scheduled, dead } = told.view.stats;
    this.onCounted(asked.queue, ready + blocked + leased + scheduled + dead, "shows");
    if ((told.view.paused.receive !== null) !== this.paused.has(asked.queue)) {
      throw this.violation(`${asked.queue} shows that it is paused, or not, and it is the other`);
    }
  }

  private onDone(asked: Operation, told: Exclude<Outcome, { type: "repeated" }>): void {
    if (told.type === "task") this.tasks.onTold(this.op, told.task);
    if (!("queue" in asked) || !this.queues.has(asked.queue)) return;
    const { queue } = asked;
    // A batch that is repeated under its key is told what was accepted before.
    if (told.type === "enqueued" && !told.replayed) {
      for (const result of told.results) {
        if (result.status === "accepted") this.onAccepted(queue, result.message);
      }
    }
    if (told.type === "dequeued") this.onDequeued(queue, told);
    if (told.type === "settled" && asked.type === "settle") this.onSettled(asked, told);
    if (told.type === "message-deleted" && asked.type === "delete-message") {
      this.onSeen(queue, asked.message);
      this.onLeft(messageIdText(asked.message), "deleted");
    }
    if (told.type === "purged" && asked.type === "purge") {
      this.onCounted(queue, told.removed, "purged");
      if (asked.states.length === statesOfAll) this.onEmptied(queue, "purged");
    }
    if (told.type === "queue-deleted") this.onEmptied(queue, "deleted with its queue");
    const isNew = told.type === "queue-deleted" || (told.type === "queue-put" && told.created);
    if (isNew) this.paused.delete(queue);
    if (told.type === "queue-paused") {
      if (told.paused.receive === null) this.paused.delete(queue);
      else this.paused.add(queue);
    }
    if (asked.type === "redrive" && told.type === "task" && asked.target !== null) {
      this.targets.set(queue, (this.targets.get(queue) ?? new Set()).add(asked.target));
    }
  }

  private onAccepted(queue: string, message: MessageKey): void {
    const id = messageIdText(message);
    if (this.byId.has(id)) throw this.violation(`${id} was accepted twice`);
    this.byId.set(id, { queue, end: null });
  }

  private onDequeued(queue: string, { replayed, messages }: Dequeued): void {
    if (!replayed && messages.length > 0 && this.paused.has(queue)) {
      throw this.violation(`${messages.length} messages were taken from ${queue}, which is paused`);
    }
    for (const { message, lease } of messages) {
      const id = messageIdText(message);
      // What was taken without a lease may be fetched again for a while.
      if (lease === null && replayed) continue;
      this.onSeen(queue, message);
      if (lease === null) this.onLeft(id, "taken");
      else this.onLeased(id, lease.fence, replayed);
    }
  }

  private onLeased(id: string, fence: number, isReplayed: boolean): void {
    if (isReplayed) {
      if (this.leased.get(fence) === id) return;
      throw this.violation(`lease ${fence} is of ${id}, and of ${this.leased.get(fence)} before`);
    }
    if (fence <= this.newestFence) {
      throw this.violation(`lease ${fence} was granted after ${this.newestFence}`);
    }
    this.newestFence = fence;
    this.leased.set(fence, id);
  }

  private onSettled({ settlements, queue }: Settle, { results }: Settled): void {
    for (const [at, { action, lease }] of settlements.entries()) {
      const result = results[at];
      if (result?.status !== "settled" || result.alreadySettled) continue;
      const id = this.leased.get(lease.fence);
      if (id === undefined) throw this.violation(`lease ${lease.fence} was never granted`);
      this.onAlive(id, queue);
      if (result.state === "done") this.onLeft(id, action === "ack" ? "acknowledged" : "expired");
    }
  }

  private onSeen(queue: string, message: MessageKey): void {
    this.onAlive(messageIdText(message), queue);
  }

  private onAlive(id: string, queue: string): void {
    const fate = this.byId.get(id);
    if (fate === undefined) throw this.violation(`${id} is in ${queue}, and was never accepted`);
    if (fate.end !== null) throw this.violation(`${id} is in ${queue}, and was ${fate.end}`);
    if (!this.mayBeIn(fate, queue)) {
      throw this.violation(`${id} is in ${queue}, and nobody moved it there from ${fate.queue}`);
    }
    fate.queue = queue;
  }

  private onLeft(id: string, how: string): void {
    const fate = this.byId.get(id);
    if (fate !== undefined) fate.end = `${how} at op ${this.op}`;
  }

  /** Everything is gone that can be nowhere else. */
  private onEmptied(queue: string, how: string): void {
    for (const [id, fate] of this.byId) {
      const isCertain = fate.queue === queue && (this.targets.get(queue)?.size ?? 0) === 0;
      if (fate.end === null && isCertain) this.onLeft(id, how);
    }
  }

  private onCounted(queue: string, count: number, what: string): void {
    let max = 0;
    for (const fate of this.byId.values()) {
      if (fate.end === null && this.mayBeIn(fate, queue)) max += 1;
    }
    if (count <= max) return;
    throw this.violation(`${queue} ${what} ${count} messages, and holds ${max} at most`);
  }

  private mayBeIn({ queue }: Fate, other: string): boolean {
    const reached = new Set([queue]);
    for (const each of reached) {
      for (const target of this.targets.get(each) ?? []) reached.add(target);
    }
    return reached.has(other);
  }

  private violation(what: string): Violation {
    return new Violation("fates", `at op ${this.op} ${what}`);
  }
}
