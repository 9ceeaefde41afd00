import type { GroupViewState } from "../group-view.ts";
import type { DeadReason } from "../message-record.ts";
import type { ModelMessage } from "./model-message.ts";
import type { ModelQueue } from "./model-queue.ts";

/** What the model says of a message in a listing. */
export interface ModelView {
  readonly message: { readonly op: number; readonly index: number };
  readonly seq: number;
  readonly state: ModelMessage["state"] | "blocked";
  readonly group: string | null;
  readonly priority: number;
  readonly enqueuedAtMs: number;
  readonly dueAtMs: number | null;
  readonly expiresAtMs: number;
  readonly deliveries: number;
  readonly failures: number;
  readonly redrives: number;
  readonly fence: number | null;
  readonly dead: { readonly reason: DeadReason; readonly atMs: number } | null;
}

/** Every message of the model's queue as a listing shows it, by seq. */
export function modelListing(queue: ModelQueue): readonly ModelView[] {
  return [...queue.messages.values()].map((message) => {
    const { key, seq, group, priority, deliveries, failures, redrives, reason } = message;
    const isBlocked = message.state === "ready" && !queue.isRunnable(group);
    const state = isBlocked ? "blocked" : message.state;
    const end = message.death > 0 ? queue.deadEndOf(message) : queue.endOf(message);
    const due = Math.min(message.deadline, message.ttlEnd);
    return {
      message: key,
      seq,
      state,
      group,
      priority,
      enqueuedAtMs: millis(message.enqueuedAt),
      dueAtMs: state === "scheduled" ? millis(due) : null,
      expiresAtMs: millis(end),
      deliveries,
      failures,
      redrives,
      fence: state === "leased" ? message.fence : null,
      dead: reason === null ? null : { reason, atMs: millis(message.diedAt) },
    };
  });
}

/** What the model says of a group in a listing. */
export interface ModelGroupView {
  readonly state: GroupViewState;
  readonly waiting: number;
  readonly head: { readonly op: number; readonly index: number };
}

/** The group of this hash as a listing shows it, or null without a message of it. */
export function modelGroup(queue: ModelQueue, group: string): ModelGroupView | null {
  const members = [...queue.messages.values()].filter((message) => message.group === group);
  const count = (state: ModelMessage["state"]): number =>
    members.filter((message) => message.state === state).length;
  const [oldest] = members;
  if (oldest === undefined) return null;
  const waiting = count("ready") + count("scheduled");
  const ofNone = count("scheduled") > 0 ? "waiting" : "dead";
  return {
    state: queue.orderedState(group) ?? ofNone,
    waiting,
    head: (queue.headOf(group) ?? oldest).key,
  };
}

function millis(micros: number): number {
  return Math.floor(micros / 1_000);
}
