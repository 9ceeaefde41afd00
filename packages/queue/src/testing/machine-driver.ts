import { type ExecutionContext, hexEncode, utf8Decode, utf8Encode } from "@quorate/prelude";
import type { ListGroups, Listing, ListMessages, MessageFinding } from "../browse-question.ts";
import type { GroupView } from "../group-view.ts";
import type { LeaseKey, MessageKey } from "../ids.ts";
import type { MessageView } from "../message-view.ts";
import { decodeOutcome } from "../outcome-codec.ts";
import { encodeOperation } from "../operation-codec.ts";
import type { NewMessage, Operation, Settlement } from "../operation.ts";
import type { Dequeued, DequeuedMessage, Enqueued, Outcome, Settled } from "../outcome.ts";
import type { QueueConfigPatch } from "../queue-config.ts";
import { type Answer, decodeAnswer, encodeQuestion, type Question } from "../question.ts";
import {
  createQueueStateMachine,
  type QueueStateMachine,
  type QueueStateMachineOptions,
} from "../queue-state-machine.ts";
import type { QueueStats } from "../queue-view.ts";
import { sha256 } from "@quorate/prelude/testing";
import { quickDigest } from "./quick-digest.ts";

/** Bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return utf8Encode(text);
}

/** Sixteen bytes that stand for the hash of a text. */
export function hashOf(text: string): Uint8Array {
  return sha256(bytesOf(text)).slice(0, 16);
}

/** What a test says of a message; the rest is plain. */
export interface MessageSpec {
  readonly body?: string;
  readonly group?: string;
  readonly dedup?: string;
  /** Stands for the fingerprint; the body by default. */
  readonly print?: string;
  readonly priority?: number;
  readonly delayMs?: number;
  readonly notBeforeMs?: number;
  readonly maxFailures?: number;
  readonly ttlMs?: number;
  readonly headers?: Uint8Array;
}

/** A message to enqueue. */
export function message(spec: MessageSpec = {}): NewMessage {
  const body = bytesOf(spec.body ?? "1");
  const { group, dedup } = spec;
  return {
    kind: "json",
    body,
    contentType: bytesOf("application/json"),
    group: group === undefined ? null : { id: bytesOf(group), hash: hashOf(group) },
    dedup:
      dedup === undefined
        ? null
        : {
            id: bytesOf(dedup),
            hash: hashOf(dedup),
            fingerprint: hashOf(spec.print ?? spec.body ?? "1"),
          },
    headers: spec.headers ?? new Uint8Array(0),
    priority: spec.priority ?? 4,
    delayMs: spec.delayMs ?? null,
    notBeforeMs: spec.notBeforeMs ?? null,
    maxFailures: spec.maxFailures ?? null,
    ttlMs: spec.ttlMs ?? null,
  };
}

/** The first op's time: some second of 2026, in microseconds. */
export const startMicros = 1_795_000_000_000_000;

export interface DequeueSpec {
  readonly queue?: string;
  readonly max?: number;
  readonly maxPerGroup?: number;
  readonly leaseMs?: number;
  readonly id?: string;
  readonly mode?: "lease" | "delete";
  readonly worker?: string;
  readonly from?: "ready" | "dead";
}

/** Feeds one machine as a log would: each call is an op, and time is the test's. */
export class MachineDriver {
  machine: QueueStateMachine;
  op = 0;
  now = startMicros;

  constructor(options: QueueStateMachineOptions = { sha256 }) {
    this.machine = createQueueStateMachine(options);
  }

  /** Time of day in milliseconds. */
  get nowMs(): number {
    return Math.floor(this.now / 1_000);
  }

  /** Lets time pass before the next op. */
  pass(ms: number): void {
    this.now += ms * 1_000;
  }

  context(): ExecutionContext {
    this.op += 1;
    this.now += 1;
    const random = quickDigest(bytesOf(`random ${this.op}`)).slice(0, 16);
    return { op: this.op, requestIndex: 0, timestampMicros: this.now, random };
  }

  execute(operation: Operation): Outcome {
    return decodeOutcome(this.executeBytes(encodeOperation(operation)));
  }

  /** The same of bytes. */
  executeBytes(operation: Uint8Array): Uint8Array {
    return this.machine.execute(operation, this.context());
  }

  pulse(): void {
    this.machine.pulse(this.context());
  }

  /** Lets time pass as a serving cluster does, with a pulse whenever one is due. */
  serve(ms: number): void {
    const end = this.now + ms * 1_000;
    while (this.now < end) {
      this.now = Math.min(end, this.now + 500_000);
      if (this.machine.isPulseDue(this.now)) this.pulse();
    }
    while (this.machine.isPulseDue(this.now)) this.pulse();
  }

  put(config: QueueConfigPatch = {}, queue = "q"): Outcome {
    return this.execute({ type: "put-queue", queue, config, precondition: { kind: "none" } });
  }

  enqueue(...specs: readonly MessageSpec[]): Enqueued {
    const messages = specs.map((spec) => message(spec));
    const outcome = this.execute({
      type: "enqueue",
      queue: "q",
      form: "batch",
      idempotency: null,
      messages,
    });
    if (outcome.type !== "enqueued") throw new Error(JSON.stringify(outcome));
    return outcome;
  }

  dequeueAny(spec: DequeueSpec = {}): Outcome {
    return this.execute({
      type: "dequeue",
      queue: spec.queue ?? "q",
      principal: "p",
      worker: spec.worker ?? null,
      dequeueHash: spec.id === undefined ? null : hashOf(spec.id),
      from: spec.from ?? "ready",
      max: spec.max ?? 1,
      maxPerGroup: spec.maxPerGroup ?? null,
      mode: spec.mode ?? "lease",
      leaseMs: spec.leaseMs ?? null,
    });
  }

  dequeue(spec: DequeueSpec = {}): Dequeued {
    const outcome = this.dequeueAny(spec);
    if (outcome.type !== "dequeued") throw new Error(JSON.stringify(outcome));
    return outcome;
  }

  settleAny(settlements: readonly Settlement[], atomic = false, queue = "q"): Outcome {
    return this.execute({ type: "settle", queue, atomic, settlements });
  }

  settle(...settlements: readonly Settlement[]): Settled {
    const outcome = this.settleAny(settlements);
    if (outcome.type !== "settled") throw new Error(JSON.stringify(outcome));
    return outcome;
  }

  /** The key under which this driver sends a dequeue id. */
  dequeueHash(id: string): Uint8Array {
    return hashOf(id);
  }

  message(spec: MessageSpec): NewMessage {
    return message(spec);
  }

  ask(question: Question): Answer {
    return decodeAnswer(this.machine.query(encodeQuestion(question)));
  }

  /** One part of a listing of messages. */
  list(spec: Partial<Omit<ListMessages, "type">> = {}): Listing<MessageView> {
    const answer = this.ask({
      type: "list-messages",
      queue: "q",
      state: null,
      groupHash: null,
      dedupHash: null,
      after: null,
      limit: 100,
      withContent: false,
      ...spec,
    });
    if (answer.type !== "messages" || answer.listing === null) throw new Error("no listing");
    return answer.listing;
  }

  /** A message, with what it carries. */
  find(key: MessageKey, queue = "q"): MessageFinding {
    const question = { type: "get-message", queue, message: key, withContent: true } as const;
    const answer = this.ask(question);
    if (answer.type !== "message") throw new Error("no message");
    return answer.finds;
  }

  /** One part of a listing of groups. */
  listGroups(spec: Partial<Omit<ListGroups, "type">> = {}): Listing<GroupView> {
    const question = { queue: "q", state: null, after: null, limit: 100, ...spec };
    const answer = this.ask({ type: "list-groups", ...question });
    if (answer.type !== "groups" || answer.listing === null) throw new Error("no listing");
    return answer.listing;
  }

  stats(queue = "q"): QueueStats {
    const stats = this.machine.stats(queue);
    if (stats === null) throw new Error("no such queue");
    return stats;
  }

  digest(): string {
    return hexEncode(this.machine.stateDigest());
  }
}

/** The lease of a delivery, which must have one. */
export function leaseOf(delivery: DequeuedMessage | undefined): LeaseKey {
  const lease = delivery?.lease;
  if (lease === undefined || lease === null) throw new Error("no lease");
  return { fence: lease.fence, tag: lease.tag };
}

/** The bodies of an answer. */
export function bodiesOf(outcome: Dequeued): readonly string[] {
  return outcome.messages.map(({ body }) => utf8Decode(body) ?? "not text");
}
