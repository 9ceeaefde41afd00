/**
 * A `fetch` that tells a ledger what a client of the SDK asks and is told. So the ledger judges what
 * went over the wire, and nothing that the client makes of it.
 */
import type { BatchEnqueued, Dequeued, Enqueued, SettledMany } from "@quorate/sdk";
import type { Asked, Ledger } from "../audit/ledger.ts";

/** The fields of a request body that matter. */
interface Sent {
  readonly body?: unknown;
  readonly messages?: readonly { readonly body?: unknown }[];
  readonly dequeueId?: string;
  readonly settlements?: readonly { readonly leaseId: string; readonly action: string }[];
}

/** What a ledger has been told by all clients together. */
interface Told {
  readonly ledger: Ledger;
  /** Messages whose enqueue was acknowledged. */
  readonly messages: Set<string>;
  /** Dequeues that were asked; a client asks again under their ids. */
  readonly dequeues: Map<string, Asked>;
  /** Leases that a dequeue has brought; asked again, it brings them again. */
  readonly leases: Set<string>;
  /** Leases whose ack has been sent. */
  readonly acks: Set<string>;
}

/**
 * See the file. All clients of one queue share it. The id of a message is `id` in its body.
 * @param fetch what it passes calls on to
 */
export function auditedFetch(ledger: Ledger, fetch = globalThis.fetch): typeof globalThis.fetch {
  const told: Told = {
    ledger,
    messages: new Set(),
    dequeues: new Map(),
    leases: new Set(),
    acks: new Set(),
  };
  return async (input, init) => {
    const url = typeof input === "string" ? input : "";
    const note = notes.find(({ ending }) => url.endsWith(ending));
    if (note === undefined) return await fetch(input, init);
    const sent: Sent = JSON.parse(typeof init?.body === "string" ? init.body : "{}");
    note.before(told, sent);
    const response = await fetch(input, init);
    const { status, headers } = response;
    const text = await response.text();
    if (status === 200 || status === 201) note.after(told, sent, text);
    return new Response(text, { status, headers });
  };
}

/** What is noted of a route, before it is asked and when it has answered. */
interface Note {
  readonly ending: string;
  before(told: Told, sent: Sent): void;
  after(told: Told, sent: Sent, text: string): void;
}

const notes: readonly Note[] = [
  { ending: "/enqueue", before() {}, after: noteEnqueued },
  { ending: "/enqueue/batch", before() {}, after: noteBatch },
  { ending: "/dequeue", before: noteDequeue, after: noteDequeued },
  { ending: "/settle", before: noteSettle, after: noteSettled },
];

function noteEnqueued(told: Told, { body }: Sent, text: string): void {
  const { messageId }: Enqueued = JSON.parse(text);
  acknowledge(told, idIn(body), messageId);
}

function noteBatch(told: Told, { messages = [] }: Sent, text: string): void {
  const { results }: BatchEnqueued = JSON.parse(text);
  for (const [index, result] of results.entries()) {
    if ("messageId" in result) acknowledge(told, idIn(messages[index]?.body), result.messageId);
  }
}

function acknowledge({ ledger, messages }: Told, id: string, messageId: string): void {
  if (messages.has(id)) ledger.acknowledgeAgain(id, messageId, true);
  else ledger.acknowledge(id, messageId);
  messages.add(id);
}

function noteDequeue({ ledger, dequeues }: Told, { dequeueId = "" }: Sent): void {
  if (!dequeues.has(dequeueId)) dequeues.set(dequeueId, ledger.asking());
}

function noteDequeued(told: Told, { dequeueId = "" }: Sent, text: string): void {
  const asked = told.dequeues.get(dequeueId);
  if (asked === undefined) throw new Error("a dequeue was answered that nobody asked");
  const { messages }: Dequeued = JSON.parse(text);
  const fresh = messages.flatMap(({ body, messageId, leaseId, fence }) => {
    if (leaseId === null || fence === null || told.leases.has(leaseId)) return [];
    told.leases.add(leaseId);
    return [{ id: idIn(body), messageId, leaseId, fence }];
  });
  // Handlers fail on purpose, so any lease may end before its message is settled.
  told.ledger.deliver(asked, fresh, "weak");
}

function noteSettle({ ledger, acks }: Told, { settlements = [] }: Sent): void {
  const first = settlements.filter(({ action, leaseId }) => action === "ack" && !acks.has(leaseId));
  const leaseIds = first.map(({ leaseId }) => leaseId);
  for (const leaseId of leaseIds) acks.add(leaseId);
  ledger.acking(leaseIds);
}

function noteSettled({ ledger }: Told, { settlements = [] }: Sent, text: string): void {
  const { results }: SettledMany = JSON.parse(text);
  for (const [index, result] of results.entries()) {
    if (settlements[index]?.action !== "ack") continue;
    const alreadySettled = "problem" in result ? false : result.alreadySettled;
    ledger.acked(result.leaseId, result.status, alreadySettled);
  }
}

/** The id in a body, as the producer has put it there. */
function idIn(body: unknown): string {
  if (typeof body === "object" && body !== null && "id" in body) return String(body.id);
  return "a body without an id";
}
