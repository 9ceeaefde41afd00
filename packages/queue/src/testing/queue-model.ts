import type { Once, Operation, Settlement } from "../operation.ts";
import type { LeaseLostReason, MessageState } from "../refusal.ts";
import { isIn, type ModelLease } from "./model-leases.ts";
import { ModelTasks } from "./model-tasks.ts";
import { firstDeadLettersOf } from "./model-dead.ts";
import { type ModelAnswer, modelBackoffMs, type ModelMessage, seconds } from "./model-message.ts";
import type { ModelQueue } from "./model-queue.ts";

interface ModelCall {
  readonly key: string;
  readonly parameters: string;
  readonly isPop: boolean;
  readonly at: number;
  fences: readonly number[];
  popped: readonly ModelMessage[];
  readonly count: number;
}

/**
 * The contract in plain objects and full scans: what the state machine must answer, slowly. It
 * forgets no lease, so a run must stay below the ten minutes for which the machine remembers them.
 * Answers leave out lease tags, which only the machine knows.
 */
export class QueueModel extends ModelTasks {
  private readonly calls = new Map<string, ModelCall>();
  private readonly adminKeys = new Map<string, { fingerprint: string; answer: ModelAnswer }>();
  private nextFence = 1;

  advance(op: number, now: number): void {
    if (op !== this.op) this.index = 0;
    this.op = op;
    if (this.now !== 0) this.leaseClock += Math.min(now - this.now, seconds(3));
    this.now = now;
  }

  execute(operation: Operation): ModelAnswer {
    if (operation.type === "once") return this.once(operation);
    if (operation.type === "cancel-task") return this.cancelTask(operation.number);
    if (!("queue" in operation)) return { refused: "not in the model" };
    const queue = this.queues.get(operation.queue);
    if (operation.type === "put-queue") return this.putQueue(queue, operation);
    if (queue === undefined) return { refused: "queue-not-found" };
    if (operation.type === "enqueue") {
      const place = { op: this.op, index: this.index, now: this.now };
      const answer = queue.enqueue(operation, place);
      this.index = place.index;
      return answer;
    }
    if (operation.type === "dequeue") return this.dequeue(queue, operation);
    if (operation.type === "pause-queue") {
      const { what, pause } = operation;
      const atMs = Math.floor(this.now / 1_000);
      queue.paused[what] = pause === null ? null : (queue.paused[what] ?? { ...pause, atMs });
      return { paused: { ...queue.paused } };
    }
    if (operation.type === "extend-dequeue") return this.extendDequeue(queue, operation);
    if (operation.type === "settle") {
      if (operation.atomic) return this.settleAtomic(queue, operation.settlements);
      return { results: operation.settlements.map((s) => this.settle(queue, s)) };
    }
    if (operation.type === "redrive") return this.redrive(queue, operation);
    return this.remove(queue, operation);
  }

  pulse(): void {
    for (;;) {
      const [due] = [...this.queues]
        .flatMap(([name, queue]) => this.dueOf(name, queue))
        .toSorted((a, b) => a.at - b.at || a.message.seq - b.message.seq || a.rank - b.rank);
      if (due === undefined) break;
      const { queue, message } = due;
      if (message.state === "leased") this.expireLease(queue, message);
      else if (message.state === "ready" || message.ttlEnd <= message.deadline)
        this.endMessage(queue, message);
      else queue.becomeDue(message);
    }
    for (const queue of this.queues.values()) this.endByRetention(queue);
    this.carryOnTasks();
    for (const queue of this.queues.values()) queue.forget(this.now);
    for (const [key, call] of this.calls) {
      if (call.isPop && call.at + seconds(60) <= this.now) this.dropPopped(call);
      if (call.at + seconds(300) <= this.now) this.calls.delete(key);
    }
  }

  private once({ key, operation }: Once): ModelAnswer {
    const known = this.adminKeys.get(key.hash.join());
    const fingerprint = key.fingerprint.join();
    if (known !== undefined && known.fingerprint !== fingerprint) {
      return { refused: "idempotency-mismatch" };
    }
    if (known !== undefined) return { repeated: known.answer };
    const answer = this.execute(operation);
    if (!("refused" in answer)) this.adminKeys.set(key.hash.join(), { fingerprint, answer });
    return answer;
  }

  private dueOf(name: string, queue: ModelQueue) {
    const rank = [...this.queues.keys()].indexOf(name);
    return [...queue.messages.values()]
      .filter(
        (m) =>
          (m.state === "leased" && m.deadline <= this.leaseClock) ||
          (m.state === "scheduled" && Math.min(m.deadline, m.ttlEnd) <= this.now) ||
          (m.state === "ready" && m.ttlEnd <= this.now),
      )
      .map((message) => {
        const shift = this.now - this.leaseClock;
        const waits = message.state === "ready" ? Infinity : message.deadline;
        const at =
          message.state === "leased" ? message.deadline + shift : Math.min(waits, message.ttlEnd);
        return { queue, message, rank, at };
      });
  }

  private expireLease(queue: ModelQueue, message: ModelMessage): void {
    this.endLease(message, "expired");
    message.failures += 1;
    if (message.death > 0) this.buryAgain(queue, message);
    else this.putBack(queue, message, 0);
  }

  private dropPopped(call: ModelCall): void {
    for (const message of call.popped) message.queue.bytes -= message.bytes;
    call.popped = [];
  }

  private dequeue(
    queue: ModelQueue,
    operation: Extract<Operation, { type: "dequeue" }>,
  ): ModelAnswer {
    const key =
      operation.dequeueHash === null
        ? null
        : `${queue.incarnation}/${operation.dequeueHash.join()}`;
    const isPop = operation.mode === "delete";
    const parameters = `${operation.max}/${isPop ? "pop" : (operation.leaseMs ?? "default")}`;
    const call = key === null ? undefined : this.calls.get(key);
    if (call !== undefined) {
      if (call.parameters !== parameters) return { refused: "dequeue-id-reused" };
      return this.replay(queue, call, operation.leaseMs ?? queue.config.leaseMsDefault);
    }
    const leased = queue.count("leased");
    const room = isPop ? operation.max : queue.config.maxInFlight - leased;
    if (room <= 0) return { refused: "in-flight-limit" };
    if (queue.paused.receive !== null)
      return { replayed: false, paused: true, messages: [], lost: [] };
    const max = Math.min(room, operation.max);
    const maxPerGroup = operation.maxPerGroup ?? operation.max;
    const endIfOver = (message: ModelMessage): boolean => this.endIfOver(queue, message);
    const taken =
      operation.from === "dead"
        ? firstDeadLettersOf(queue, max, maxPerGroup, endIfOver)
        : queue.take(max, maxPerGroup, endIfOver);
    const fences = taken.map((message) => (isPop ? 0 : this.grant(operation, queue, message)));
    if (isPop) {
      for (const message of taken) {
        this.supersede(message);
        queue.pop(message, key !== null);
      }
    }
    const delivered = taken.map((message) => this.delivered(message));
    if (key !== null && taken.length > 0) {
      const popped = isPop ? taken : [];
      const count = taken.length;
      this.calls.set(key, { key, parameters, isPop, at: this.now, fences, popped, count });
    }
    return { replayed: false, paused: false, messages: delivered, lost: [] };
  }

  private grant(
    operation: Extract<Operation, { type: "dequeue" }>,
    queue: ModelQueue,
    message: ModelMessage,
  ): number {
    this.supersede(message);
    message.fence = this.nextFence;
    this.nextFence += 1;
    message.state = "leased";
    message.leasedAt = this.leaseClock;
    message.deliveries += 1;
    message.deadline = this.leaseClock + (operation.leaseMs ?? queue.config.leaseMsDefault) * 1_000;
    const { seq } = message;
    this.leases.set(message.fence, { queue, message, seq, ended: "", settled: null });
    return message.fence;
  }

  private replay(queue: ModelQueue, call: ModelCall, leaseMs: number): ModelAnswer {
    const paused = queue.paused.receive !== null;
    if (call.isPop) {
      const gone = { fence: null, message: null, reason: "settled" };
      const lost = call.popped.length > 0 ? [] : Array.from({ length: call.count }, () => gone);
      const messages = call.popped.map((m) => this.delivered(m));
      return { replayed: true, paused, messages, lost };
    }
    const { held, lost } = this.leasesOf(queue, call);
    for (const message of held) {
      message.deadline = Math.max(message.deadline, this.leaseClock + leaseMs * 1_000);
    }
    return { replayed: true, paused, messages: held.map((m) => this.delivered(m)), lost };
  }

  private extendDequeue(
    queue: ModelQueue,
    operation: Extract<Operation, { type: "extend-dequeue" }>,
  ): ModelAnswer {
    const call = this.calls.get(`${queue.incarnation}/${operation.dequeueHash.join()}`);
    if (call === undefined || call.isPop) return { refused: "lease-unknown" };
    const { held, lost } = this.leasesOf(queue, call);
    for (const message of held) message.deadline = this.leaseClock + operation.leaseMs * 1_000;
    return { extended: held.map((m) => ({ fence: m.fence, untilMs: this.untilMs(m) })), lost };
  }

  private leasesOf(queue: ModelQueue, call: ModelCall) {
    const held: ModelMessage[] = [];
    const lost: unknown[] = [];
    for (const fence of call.fences) {
      const lease = this.leases.get(fence);
      if (lease === undefined) continue;
      const { message } = lease;
      const reason = this.reasonLost(lease);
      if (reason === null) held.push(message);
      else lost.push({ fence, message: isIn(queue, lease) ? message.key : null, reason });
    }
    return { held, lost };
  }

  private reasonLost(lease: ModelLease): LeaseLostReason | null {
    if (lease.settled !== null) return "settled";
    if (lease.ended === "") return null;
    return lease.ended;
  }

  private settle(queue: ModelQueue, settlement: Settlement): unknown {
    const verdict = this.judge(queue, settlement);
    return typeof verdict === "string"
      ? this.apply(queue, settlement, verdict === "late")
      : verdict;
  }

  private settleAtomic(queue: ModelQueue, settlements: readonly Settlement[]): ModelAnswer {
    const verdicts = settlements.map((settlement) => this.judge(queue, settlement));
    for (const [index, verdict] of verdicts.entries()) {
      if (typeof verdict !== "string" && "refused" in verdict) return { ...verdict, index };
    }
    const results: unknown[] = [];
    const isAck = (index: number): boolean => settlements[index]?.action === "ack";
    const fence = (index: number): number => settlements[index]?.lease.fence ?? 0;
    const order = [...settlements.keys()].toSorted(
      (a, b) => Number(isAck(b)) - Number(isAck(a)) || (isAck(a) ? a - b : fence(b) - fence(a)),
    );
    for (const index of order) {
      const settlement = settlements[index];
      const verdict = verdicts[index];
      if (settlement === undefined || verdict === undefined) continue;
      results[index] =
        typeof verdict === "string" ? this.apply(queue, settlement, verdict === "late") : verdict;
    }
    return { results };
  }

  private apply(queue: ModelQueue, settlement: Settlement, late: boolean): unknown {
    const lease = this.leases.get(settlement.lease.fence);
    if (lease === undefined) return null;
    const { message } = lease;
    if (settlement.action === "extend") {
      message.deadline =
        this.leaseClock + (settlement.leaseMs ?? queue.config.leaseMsDefault) * 1_000;
      const leaseUntilMs = this.untilMs(message);
      return { state: "leased", alreadySettled: false, late: false, leaseUntilMs };
    }
    const state = this.end(queue, message, settlement);
    lease.settled = { action: settlement.action, state };
    return { state, alreadySettled: false, late, leaseUntilMs: null };
  }

  private end(queue: ModelQueue, message: ModelMessage, settlement: Settlement): MessageState {
    if (settlement.action === "ack") {
      queue.leave(message);
      return "done";
    }
    if (settlement.action !== "release") message.failures += 1;
    if ("error" in settlement) message.errorType = settlement.error?.type ?? message.errorType;
    if (message.death > 0) return this.buryAgain(queue, message);
    if (settlement.action === "reject") {
      this.bury(queue, message, "rejected");
      return "dead";
    }
    const given = settlement.action === "extend" ? null : settlement.delayMs;
    const delay =
      given ??
      (settlement.action === "release"
        ? 0
        : modelBackoffMs(queue.config.backoff, message.failures));
    return this.putBack(queue, message, delay);
  }
}
