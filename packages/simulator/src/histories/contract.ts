/**
 * What the cluster has executed, and what it has shown, is what the contract says: the plain model
 * of the queue's own tests does the same, op by op.
 */
import { decodeOutcome, type MessageView, type QueueView } from "@quorate/queue";
import { modelListing, type ModelQueue, normalized, QueueModel } from "@quorate/queue/testing";
import { askedOperation } from "./asked-operation.ts";
import type { ExecutedEntry, ExecutedLog } from "./executed-log.ts";
import type { History, RecordedRead } from "./histories.ts";
import { inOrder } from "./in-order.ts";
import { Violation } from "../checkers/violation.ts";

/**
 * The model forgets no settlement, as a machine does after ten minutes: so much of a run is
 * compared, in virtual microseconds.
 */
export const contractMicrosMax = 540_000_000;

/** Of a long answer so much is told, around the place where it begins to differ. */
const messageCharactersMax = 300;

/** Throws Violation `contract` at the first answer that is another. */
export function checkContract(log: ExecutedLog, history: History): void {
  const model = new QueueModel();
  const [first] = log.entries;
  for (const step of inOrder(log, history)) {
    if (step.kind === "read") {
      compareRead(model, step.read);
      continue;
    }
    const { entry } = step;
    if (entry.timestampMicros - (first?.timestampMicros ?? 0) > contractMicrosMax) return;
    compareEntry(model, entry);
  }
}

function compareEntry(model: QueueModel, { op, timestampMicros, call }: ExecutedEntry): void {
  model.advance(op, timestampMicros);
  if (call === null) return model.pulse();
  const operation = askedOperation(call.asked);
  const told = decodeOutcome(call.told);
  if (operation === null) {
    return compare(`what is no operation at op ${op}`, told, { type: "invalid" });
  }
  compare(`${operation.type} at op ${op}`, normalized(told), model.execute(operation));
}

function compareRead(model: QueueModel, { asked, told, op }: RecordedRead): void {
  if (told === null) return;
  const what = `${asked.type} at op ${op}`;
  if (asked.type === "get-queue" && told.type === "queue") {
    return compare(what, shown(told.view), expected(model.queues.get(asked.queue)));
  }
  if (asked.type === "get-task" && told.type === "task") {
    return compare(what, told.task, model.viewTask(asked.number));
  }
  if (asked.type !== "list-messages" || told.type !== "messages") return;
  const queue = model.queues.get(asked.queue);
  const entries = told.listing?.entries ?? null;
  const listing = queue === undefined ? null : modelListing(queue).slice(0, asked.limit);
  compare(what, entries?.map(listed) ?? null, listing?.map(listed) ?? null);
}

function shown(view: QueueView | null): unknown {
  if (view === null) return null;
  const { incarnation, version, paused } = view;
  const { oldestReadyAtMs: _, ...stats } = view.stats;
  return { incarnation, version, paused, stats };
}

function expected(queue: ModelQueue | undefined): unknown {
  if (queue === undefined) return null;
  const { incarnation, version, paused } = queue;
  return { incarnation, version, paused, stats: queue.stats() };
}

function listed(view: ReturnType<typeof modelListing>[number] | MessageView): unknown {
  const { message, seq, state, expiresAtMs, deliveries, failures } = view;
  return { message, seq, state, expiresAtMs, deliveries, failures };
}

function compare(what: string, told: unknown, contract: unknown): void {
  const [first, second] = [textOf(told), textOf(contract)];
  if (first === second) return;
  const differs = Array.from(first).findIndex((character, at) => character !== second[at]);
  const cut = (text: string): string => around(text, differs < 0 ? first.length : differs);
  throw new Violation("contract", `${what} answered ${cut(first)}, and not ${cut(second)}`);
}

/** A text, or the part of a long one that lies around this place. */
function around(text: string, at: number): string {
  const from = at < messageCharactersMax ? 0 : at - messageCharactersMax / 2;
  const part = text.slice(from, from + messageCharactersMax);
  return `${from === 0 ? "" : "…"}${part}${from + part.length < text.length ? "…" : ""}`;
}

/** The same for values that differ in nothing but the order of their fields. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    const isPlain = typeof each === "object" && each !== null && !Array.isArray(each);
    return isPlain ? Object.fromEntries(Object.entries(each).toSorted(byName)) : each;
  });
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
