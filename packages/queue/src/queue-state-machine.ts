import {
  assert,
  type CheckpointableStateMachine,
  DecodeError,
  type ExecutionContext,
  type Sha256,
} from "@quorate/prelude";
import { apply } from "./apply.ts";
import { expire, isPulseDue } from "./expire.ts";
import { FrozenQueueState } from "./frozen-state.ts";
import { decodeOperation } from "./operation-codec.ts";
import type { Operation } from "./operation.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { QueueStats } from "./queue-view.ts";
import { viewOf } from "./view-queue.ts";
import { decodeQuestion, encodeAnswer, type Question } from "./question.ts";
import { answerQuestion } from "./answer-question.ts";
import { digestState } from "./state-digest.ts";
import { QueueStateLoading } from "./state-loading.ts";
import { QueueState } from "./state.ts";

/** The queues as a replicated state machine. */
export interface QueueStateMachine extends CheckpointableStateMachine {
  /** 32 bytes over the whole state: equal on replicas that have executed the same log. */
  stateDigest(): Uint8Array;
  /** A queue's counters, or null when there is no such queue. */
  stats(queue: string): QueueStats | null;
  /** What the machine holds in memory, for metrics. */
  memory(): QueueMemory;
}

export interface QueueMemory {
  readonly queues: number;
  readonly messages: number;
  readonly pages: number;
  readonly slabBytes: number;
  readonly dedupRecords: number;
  readonly idempotencyRecords: number;
  readonly dequeueCalls: number;
  readonly leases: number;
  readonly timers: number;
}

/** What the machine needs of its host. */
export interface QueueStateMachineOptions {
  readonly sha256: Sha256;
  /**
   * Bytes of the slabs that hold bodies; 4 MiB by default, and no body is longer. It decides where
   * bodies lie, so it is equal on every replica, for ever.
   */
  readonly slabBytes?: number;
  /** See ghostsPerOperationMax; 2,000 by default. Equal everywhere, for ever, too. */
  readonly ghostsMax?: number;
  /** See groupFrontMax: no dequeue may ask for more. Equal everywhere, for ever, too. */
  readonly frontMax?: number;
}

/** A machine without queues, as it is before op 1. */
export function createQueueStateMachine(options: QueueStateMachineOptions): QueueStateMachine {
  const { sha256, slabBytes, ghostsMax, frontMax } = options;
  const emptyState = (): QueueState => new QueueState(slabBytes, ghostsMax, frontMax);
  let state = emptyState();
  let frozen: FrozenQueueState | null = null;
  return {
    execute: (bytes, context) => execute(state, bytes, context, sha256),
    pulse: (context) => {
      state.advance(context.op, context.timestampMicros);
      expire(state);
    },
    isPulseDue: (timestampMicros) => isPulseDue(state, timestampMicros),
    query: (bytes) => {
      const question = decodeOrNull<Question>(decodeQuestion, bytes);
      return encodeAnswer(
        question === null ? { type: "invalid" } : answerQuestion(state, question),
      );
    },
    takeReadyHints: (countMax) => takeReadyHints(state, countMax),
    freeze: () => {
      assert(frozen?.isOpen !== true, "one frozen state at a time");
      frozen = new FrozenQueueState(state, sha256);
      return frozen;
    },
    load: () =>
      new QueueStateLoading(emptyState(), (loaded) => {
        // What was frozen of the state before could not be kept beside the loaded one.
        frozen?.drop();
        frozen = null;
        state = loaded;
      }),
    stateDigest: () => digestState(state, sha256),
    stats: (name) => {
      const queue = state.queue(name);
      return queue === undefined ? null : viewOf(state, queue).stats;
    },
    memory: () => memoryOf(state),
  };
}

function execute(
  state: QueueState,
  bytes: Uint8Array,
  context: ExecutionContext,
  sha256: Sha256,
): Uint8Array {
  state.advance(context.op, context.timestampMicros);
  const operation = decodeOrNull<Operation>(decodeOperation, bytes);
  if (operation === null) return encodeOutcome({ type: "invalid" });
  return apply(state, operation, context, sha256);
}

function decodeOrNull<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T | null {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function takeReadyHints(state: QueueState, countMax: number): readonly string[] {
  const names: string[] = [];
  for (const name of state.readyHints) {
    if (names.length === countMax) break;
    state.readyHints.delete(name);
    const queue = state.queue(name);
    // In the meantime someone may have taken what there was, or have paused receiving. That a queue
    // is gone is news as well.
    const isWorthAsking =
      queue === undefined || (queue.paused.receive === null && queue.candidates > 0);
    if (isWorthAsking) names.push(name);
  }
  return names;
}

function memoryOf(state: QueueState): QueueMemory {
  return {
    queues: state.queueCount,
    messages: state.messages.count,
    pages: state.pages.count,
    slabBytes: state.slabs.bytesHeld,
    dedupRecords: state.dedup.count,
    idempotencyRecords: state.idempotency.count,
    dequeueCalls: state.calls.count,
    leases: [...state.queues()].reduce((sum, { leased }) => sum + leased, 0),
    timers: state.timers.count,
  };
}
