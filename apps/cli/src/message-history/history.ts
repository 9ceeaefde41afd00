/** What has happened to a message, as far as its queue keeps it. */
import { type Fields, listAt, numberAt, textAt, valueAt } from "../exact-json.ts";

/** Something that happened, or will unless something else happens first. */
export interface HistoryEvent {
  /** RFC 3339. */
  readonly at: string;
  readonly event: "enqueued" | "failed" | "leased" | "dead" | "due" | "lease ends" | "ends";
  /** In words: who, why. */
  readonly detail: string;
}

/** What is known of a message. */
export interface MessageHistory {
  readonly messageId: string;
  readonly queue: string;
  readonly state: string;
  /** The oldest first. */
  readonly events: readonly HistoryEvent[];
  /** What time will do to it, the nearest first. */
  readonly ahead: readonly HistoryEvent[];
  /** How often, since it was last brought back from the dead. */
  readonly deliveries: number;
  readonly failures: number;
  /** How often it was brought back. */
  readonly redrives: number;
  /** Failures of which no error was told; null where that cannot be known. */
  readonly untoldFailures: number | null;
  /** Whether older errors may be missing; null: the token may not see errors. */
  readonly hasOlderErrors: boolean | null;
}

/** Errors that a queue keeps of one message. */
export const errorsKept = 10;

/** The history in a message as the API shows it. */
export function historyOf(queue: string, message: Fields): MessageHistory {
  const errors = Array.isArray(message["errors"]) ? listAt(message, "errors") : null;
  const redrives = numberAt(message, "redrives");
  const failures = numberAt(message, "failures");
  // A redrive begins the count anew and keeps the errors, so then nobody can tell which is which.
  const isCountable = errors !== null && redrives === 0 && errors.length < errorsKept;
  return {
    messageId: textAt(message, "messageId"),
    queue,
    state: textAt(message, "state"),
    events: eventsOf(message, errors ?? []),
    ahead: aheadOf(message),
    deliveries: numberAt(message, "deliveries"),
    failures,
    redrives,
    untoldFailures: isCountable ? Math.max(0, failures - errors.length) : null,
    hasOlderErrors: errors === null ? null : errors.length >= errorsKept,
  };
}

function eventsOf(message: Fields, errors: readonly Fields[]): readonly HistoryEvent[] {
  const dead = valueAt(message, "dead");
  const events: readonly HistoryEvent[] = [
    { at: textAt(message, "enqueuedAt"), event: "enqueued", detail: enqueuedText(message) },
    ...errors.toReversed().map(failedEvent),
    ...leaseEvents(message),
    ...(dead === null
      ? []
      : [{ at: textAt(dead, "at"), event: "dead" as const, detail: textAt(dead, "reason") }]),
  ];
  return inOrder(events);
}

function enqueuedText(message: Fields): string {
  const group = textAt(message, "groupId");
  const dedupId = textAt(message, "dedupId");
  return [
    `seq ${numberAt(message, "seq")}, priority ${numberAt(message, "priority")}`,
    ...(group === "" ? [] : [`group ${group}`]),
    ...(dedupId === "" ? [] : [`dedup id ${dedupId}`]),
  ].join(", ");
}

function failedEvent(error: Fields): HistoryEvent {
  const said = [textAt(error, "type"), textAt(error, "message")].filter((each) => each !== "");
  const worker = textAt(error, "worker");
  const who = worker === "" ? "" : ` (worker ${worker})`;
  return { at: textAt(error, "at"), event: "failed", detail: `${said.join(": ")}${who}` };
}

function leaseEvents(message: Fields): readonly HistoryEvent[] {
  const lease = valueAt(message, "lease");
  if (lease === null) return [];
  const worker = textAt(lease, "worker");
  const who = textAt(lease, "principal.subject");
  const holder = worker === "" ? who : `worker ${worker} of ${who}`;
  const detail = `${holder}, fence ${numberAt(lease, "fence")}`;
  return [{ at: textAt(lease, "since"), event: "leased", detail }];
}

function aheadOf(message: Fields): readonly HistoryEvent[] {
  const isDead = textAt(message, "state") === "dead";
  const until = textAt(message, "lease.until");
  const due = textAt(message, "dueAt");
  const end = isDead ? "it is removed for good" : "it expires, unless it is leased then";
  const events: readonly HistoryEvent[] = [
    { at: due, event: "due", detail: "it is ready" },
    { at: until, event: "lease ends", detail: "its lease ends, unless it is settled or extended" },
    { at: textAt(message, "expiresAt"), event: "ends", detail: end },
  ];
  return inOrder(events.filter(({ at }) => at !== ""));
}

/** Times of the API are written alike, so they compare as texts; equal ones stay as they are. */
function inOrder(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  return events.toSorted((left, right) => Number(left.at > right.at) - Number(left.at < right.at));
}
