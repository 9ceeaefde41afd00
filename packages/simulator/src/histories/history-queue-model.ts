/**
 * One queue as its clients may see it, one call at a time: dedup, groups, leases, settlements.
 *
 * Written from the REST contract alone and kept small: one priority, no delays, leases longer than
 * a run. Of time it knows one thing: how a lease ended may be forgotten after a while. The state is
 * JSON text, which is its own key.
 */
import { hexEncode, present, utf8Decode } from "@quorate/prelude";
import type { Settlement, SettleResult } from "@quorate/queue";
import { settlementKeptMicros } from "./forgetting.ts";
import type { RecordedCall } from "./histories.ts";
import type { Call, SequentialModel } from "./linearizability.ts";

export type QueueInput = Pick<RecordedCall, "kind" | "asked" | "callAt">;
export type QueueOutput = NonNullable<RecordedCall["told"]>;

interface Message {
  readonly seq: number;
  readonly body: string;
  readonly group: string;
  state: "ready" | "leased" | "dead";
}

interface Lease {
  readonly seq: number;
  /** 0 while no client has been told. */
  fence: number;
  /** Why it is no more, or how it was settled; empty while it is held. */
  end: "" | "rewound" | "superseded" | "forgotten" | Settlement["action"];
  /** When the call that ended it was made, in microseconds; 0 while it is held. */
  endedAt: number;
}

interface QueueState {
  exists: boolean;
  lastSeq: number;
  lastFence: number;
  messages: Message[];
  /** Seq by dedup id. */
  readonly dedup: Record<string, number>;
  /** The leases of each dequeue, by its id. */
  readonly calls: Record<string, Lease[]>;
}

const empty: QueueState = {
  exists: false,
  lastSeq: 0,
  lastFence: 0,
  messages: [],
  dedup: {},
  calls: {},
};

/** Calls of one queue are a part; queues do not depend on each other. */
export const queueModel: SequentialModel<string, QueueInput, QueueOutput> = {
  init: () => JSON.stringify(empty),
  keyOf: (state) => state,
  step: (before, input, output) => {
    const state: QueueState = JSON.parse(before);
    return apply(state, input, output) ? JSON.stringify(state) : null;
  },
  partition: (history) => [...Map.groupBy(history, queueName).values()],
};

/** A recorded call as the checker takes it. */
export function callOf(recorded: RecordedCall): Call<QueueInput, QueueOutput> {
  const { kind, asked, told, callAt, returnAt } = recorded;
  return { input: { kind, asked, callAt }, output: told, callAt, returnAt };
}

function queueName({ input: { asked } }: Call<QueueInput, QueueOutput>): string {
  return "queue" in asked ? asked.queue : "";
}

/** Whether the queue could answer this; changes the state as it would. */
function apply(state: QueueState, input: QueueInput, output: QueueOutput | null): boolean {
  const { asked, callAt } = input;
  switch (asked.type) {
    case "put-queue":
      state.exists = true;
      return output === null || output.type === "queue-put";
    case "enqueue":
      return enqueue(state, asked, output);
    case "dequeue":
      return dequeue(state, asked, output, callAt);
    case "settle":
      return asked.settlements.every((each, at) => {
        const result = output?.type === "settled" ? output.results[at] : undefined;
        return (output === null || result !== undefined) && settle(state, each, result, callAt);
      });
    case "get-queue":
      return isStatsOf(state, output);
    case "extend-dequeue":
    case "list-queues":
    case "deliverable":
    case "revoke":
    case "revocations":
    case "list-messages":
    case "get-message":
    case "list-groups":
    case "pause-queue":
    case "once":
    case "purge":
    case "delete-queue":
    case "delete-message":
    case "try-put":
    case "redrive":
    case "cancel-task":
    case "get-task":
    case "count-dead":
      return true;
  }
}

type Asked<Type extends QueueInput["asked"]["type"]> = Extract<
  QueueInput["asked"],
  { readonly type: Type }
>;

function enqueue(state: QueueState, asked: Asked<"enqueue">, output: QueueOutput | null): boolean {
  if (!state.exists) return isRefused(output, "queue-not-found");
  if (output !== null && output.type !== "enqueued") return false;
  return asked.messages.every((message, at) => {
    const id = message.dedup === null ? "" : hexEncode(message.dedup.hash);
    const known = id === "" ? undefined : state.dedup[id];
    const seq = known ?? ++state.lastSeq;
    if (known === undefined) {
      const group = message.group === null ? "" : hexEncode(message.group.hash);
      const body = utf8Decode(message.body) ?? "";
      state.messages.push({ seq, body, group, state: "ready" });
      if (id !== "") state.dedup[id] = seq;
    }
    const result = output?.results[at];
    if (result === undefined) return output === null;
    const status = known === undefined ? "accepted" : "duplicate";
    return result.status === status && result.seq === seq;
  });
}

function dequeue(
  state: QueueState,
  asked: Asked<"dequeue">,
  output: QueueOutput | null,
  callAt: number,
): boolean {
  if (!state.exists) return isRefused(output, "queue-not-found");
  if (output !== null && output.type !== "dequeued") return false;
  const id = asked.dequeueHash === null ? "" : hexEncode(asked.dequeueHash);
  const known = state.calls[id];
  const leases = known ?? take(state, asked.max, callAt);
  if (known === undefined && leases.length > 0) state.calls[id] = leases;
  if (output === null) return true;
  const held = leases.filter(({ end }) => end === "");
  if (output.replayed !== (known !== undefined) || output.messages.length !== held.length) {
    return false;
  }
  return output.messages.every(({ seq, body, lease }, at) => {
    const own = present(held[at]);
    const message = state.messages.find((each) => each.seq === own.seq);
    if (lease === null || seq !== own.seq || utf8Decode(body) !== message?.body) return false;
    // Fences grow with the leases; those of a dequeue that nobody saw are learned from its replay.
    if (own.fence !== 0) return own.fence === lease.fence;
    own.fence = lease.fence;
    if (known !== undefined) return true;
    if (lease.fence <= state.lastFence) return false;
    state.lastFence = lease.fence;
    return true;
  });
}

/** The oldest first; of a group its head, if none of the group is leased, and what follows it. */
function take(state: QueueState, max: number, callAt: number): Lease[] {
  const leases: Lease[] = [];
  const locked = new Set(
    state.messages.filter((each) => each.state === "leased").map(({ group }) => group),
  );
  for (const message of state.messages) {
    if (leases.length >= max) break;
    const isFree = message.group === "" || !locked.has(message.group);
    if (message.state !== "ready" || !isFree) continue;
    for (const other of allLeases(state)) {
      if (other.seq === message.seq && isOver(other)) endLease(other, "superseded", callAt);
    }
    message.state = "leased";
    leases.push({ seq: message.seq, fence: 0, end: "", endedAt: 0 });
  }
  return leases;
}

/** Ended, but not by a settlement. */
function isOver({ end }: Lease): boolean {
  return end === "" || end === "rewound";
}

/** Without a result nobody knows what was answered. */
function settle(
  state: QueueState,
  { action, lease: { fence } }: Settlement,
  result: SettleResult | undefined,
  callAt: number,
): boolean {
  const lease = allLeases(state).find((each) => each.fence === fence);
  const refusal = result?.status === "refused" ? result.refusal : null;
  if (refusal?.code === "lease-unknown") return isForgotten(lease, callAt);
  const answer = lease === undefined ? "lease-unknown" : settleLease(state, lease, action, callAt);
  if (result === undefined) return true;
  if (result.status === "refused") return result.refusal.code === answer;
  return answer === (result.alreadySettled ? "again" : "settled");
}

/** What was forgotten once is not remembered again. */
function isForgotten(lease: Lease | undefined, callAt: number): boolean {
  if (lease === undefined || lease.end === "forgotten") return true;
  // The last lease of a message that waits to be handed out again is known as long as the message.
  if (lease.end === "" || lease.end === "rewound") return false;
  if (callAt - lease.endedAt < settlementKeptMicros) return false;
  lease.end = "forgotten";
  return true;
}

function settleLease(
  state: QueueState,
  lease: Lease,
  action: Settlement["action"],
  callAt: number,
): string {
  const { end, seq } = lease;
  const message = state.messages.find((each) => each.seq === seq);
  if (end === action) return "again";
  if (end === "forgotten") return "lease-unknown";
  if (end === "superseded") return "lease-lost";
  if (end === "rewound") {
    const head = state.messages.find(
      (each) => each.group === message?.group && each.state !== "dead",
    );
    if (action !== "ack" || message?.state !== "ready" || head !== message) return "lease-lost";
  } else if (end !== "") return "already-settled";
  endLease(lease, action, callAt);
  if (message === undefined) return "settled";
  if (action === "ack") state.messages = state.messages.filter((each) => each !== message);
  if (action === "reject") message.state = "dead";
  if (action === "release") putBack(state, message, callAt);
  return "settled";
}

/** The message is ready again; what was leased behind it in its group goes back too. */
function putBack(state: QueueState, message: Message, callAt: number): void {
  message.state = "ready";
  if (message.group === "") return;
  for (const later of state.messages) {
    const isBehind = later.group === message.group && later.seq > message.seq;
    if (!isBehind || later.state !== "leased") continue;
    later.state = "ready";
    for (const lease of allLeases(state)) {
      if (lease.seq === later.seq && lease.end === "") endLease(lease, "rewound", callAt);
    }
  }
}

function endLease(lease: Lease, how: Lease["end"], callAt: number): void {
  lease.end = how;
  lease.endedAt = callAt;
}

function allLeases(state: QueueState): Lease[] {
  return Object.values(state.calls).flat();
}

function isStatsOf(state: QueueState, output: QueueOutput | null): boolean {
  if (output === null) return true;
  if (output.type !== "queue") return false;
  if (output.view === null) return !state.exists;
  if (!state.exists) return false;
  const { ready, blocked, leased, scheduled, dead } = output.view.stats;
  const count = (wanted: Message["state"]): number =>
    state.messages.filter((each) => each.state === wanted).length;
  const counts = [ready + blocked, leased, scheduled, dead];
  return [count("ready"), count("leased"), 0, count("dead")].every((n, at) => n === counts[at]);
}

function isRefused(output: QueueOutput | null, code: string): boolean {
  if (output === null) return true;
  return output.type === "refused" && output.refusal.code === code;
}
