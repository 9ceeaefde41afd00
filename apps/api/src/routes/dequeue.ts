/** Receiving: at once, or after waiting in line. */
import { ApiError, dequeue, type Held, storedBodyBytesMax, waitMsMax } from "@quorate/contract";
import { unreachable } from "@quorate/prelude";
import { type Dequeue, dequeueIdHash } from "@quorate/queue";
import type { CallSignal, Coord } from "@quorate/session";
import type { Answer } from "../answer.ts";
import { type Call, headerOf } from "../call.ts";
import { ask, execute } from "../cluster-call.ts";
import { type Delivered, deliveredText } from "../delivery-text.ts";
import { idempotencyKeyOf } from "../idempotency.ts";
import { deliveryAnswerBytesMax } from "../limits.ts";
import { mount, type Mounting } from "../mount.ts";
import { lineOf } from "../waiting-line.ts";
import type { Gateway } from "./gateway.ts";

type DequeueCall = Call<Held<typeof dequeue.body & object>>;

/** Serves `POST …/dequeue`. */
export function mountDequeue(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, dequeue, (call) => dequeueSome(gateway, call));
}

/** One dequeue, with what trying it needs. */
interface Try {
  readonly gateway: Gateway;
  readonly operation: Dequeue;
  readonly signal: AbortSignal;
}

async function dequeueSome(gateway: Gateway, call: DequeueCall): Promise<Answer> {
  // A preference yields to what the body says.
  const preferred = call.body.waitMs === undefined ? preferredWaitMs(call) : null;
  const waitMs = call.body.waitMs ?? preferred ?? 0;
  const operation = operationOf(gateway, call);
  gateway.rates.asked(call.queue, call.principal.id);
  const signal = signalOf(call);
  const delivered = await deliveredWithin({ gateway, operation, signal }, waitMs);
  count(gateway, call.queue, delivered);
  return {
    status: 200,
    body: deliveredText(delivered),
    ...(preferred === null
      ? {}
      : { headers: { "Preference-Applied": `wait=${preferred / 1000}` } }),
  };
}

function operationOf({ sha256 }: Gateway, call: DequeueCall): Dequeue {
  const { body, principal, queue } = call;
  const key = idempotencyKeyOf(call);
  if (key !== null && body.dequeueId !== undefined && key !== body.dequeueId) {
    const detail = "expected the same as the Idempotency-Key, or only one of them";
    const errors = [{ pointer: "/dequeueId", detail }];
    throw new ApiError("request-invalid", { detail: `/dequeueId: ${detail}.`, errors });
  }
  const id = body.dequeueId ?? key;
  return {
    type: "dequeue",
    queue,
    principal: principal.id,
    worker: body.worker ?? null,
    dequeueHash: id === null ? null : dequeueIdHash(sha256, principal.id, id),
    from: body.from ?? "ready",
    max: body.max ?? 1,
    maxPerGroup: body.maxPerGroup ?? null,
    mode: body.mode ?? "lease",
    leaseMs: body.leaseMs ?? null,
  };
}

/** `Prefer: wait=20` (RFC 7240 §4.3) in ms, or null. */
function preferredWaitMs({ request }: Call): number | null {
  const [, seconds] =
    /(?:^|,)\s*wait\s*=\s*(\d{1,6})\s*(?:$|[,;])/i.exec(headerOf(request, "Prefer") ?? "") ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds) * 1000, waitMsMax);
}

function signalOf({ response }: Call): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  return gone.signal;
}

/** Takes what there is; with a wait, in line behind those who came before. */
async function deliveredWithin(attempt: Try, waitMs: number): Promise<Delivered> {
  const { gateway, operation, signal } = attempt;
  const { waiting } = gateway;
  const line = lineOf(operation.queue, operation.from);
  const isBehind = waitMs > 0 && waiting.isAnyWaiting(line);
  const first = isBehind ? null : await takeOrAsk(attempt);
  if (first !== null && (waitMs === 0 || isFull(first))) return first;
  const taken = await waiting.wait({
    line,
    waitMs,
    signal,
    take: () => take(attempt),
    takeReplay:
      operation.dequeueHash === null
        ? null
        : async () => {
            const answer = await takeOrAsk(attempt);
            return isFull(answer) ? answer : null;
          },
  });
  if (taken !== null) return taken;
  // Who has gone takes nothing; for whoever still listens, an empty answer must be fresh.
  return signal.aborted && first !== null ? first : takeOrAsk(attempt);
}

function isFull({ messages, replayed }: Delivered): boolean {
  return messages.length > 0 || replayed;
}

/** Asks, and takes if there is something: an answer without messages makes no log entry. */
async function takeOrAsk(attempt: Try): Promise<Delivered> {
  const { gateway, operation, signal } = attempt;
  const { coord, isThere, paused } = await askFor(gateway, operation, signal);
  const taken = isThere ? await take(attempt) : null;
  return taken ?? { messages: [], lost: [], replayed: false, paused, coord };
}

async function askFor(
  { client }: Gateway,
  { queue, from, mode, dequeueHash }: Dequeue,
  signal: CallSignal,
): Promise<{ readonly coord: Coord; readonly isThere: boolean; readonly paused: boolean }> {
  const question = { type: "deliverable", queue, from, mode, dequeueHash } as const;
  const { answer, coord } = await ask(client, question, { expects: "deliverable", signal });
  switch (answer.finds) {
    case "queue-not-found":
      throw new ApiError("queue-not-found");
    case "in-flight-limit": {
      const view = await ask(client, { type: "get-queue", queue }, { expects: "queue" });
      const max = view.answer.view?.config.maxInFlight;
      const limit = { limit: "maxInFlight", ...(max === undefined ? {} : { max }) };
      throw new ApiError("in-flight-limit", limit);
    }
    case "messages":
    case "replay":
      return { coord, isThere: true, paused: false };
    case "nothing":
      return { coord, isThere: false, paused: false };
    case "paused":
      return { coord, isThere: false, paused: true };
    default:
      return unreachable(answer.finds);
  }
}

/** Bytes of a delivery beside its body: headers, labels, numbers. */
const aroundBodyBytesMax = 16_384;

/** Takes through the log; null when another call was faster and nothing is left. */
async function take({ gateway, operation, signal }: Try): Promise<Delivered | null> {
  const { outcome, coord } = await execute(gateway.client, operation, {
    expects: "dequeued",
    isRepeatable: operation.dequeueHash !== null,
    signal,
    answerBytesMax: Math.min(
      operation.max * (storedBodyBytesMax + aroundBodyBytesMax),
      deliveryAnswerBytesMax,
    ),
  });
  const { messages, lost, replayed, paused } = outcome;
  return messages.length > 0 || replayed ? { messages, lost, replayed, paused, coord } : null;
}

function count({ rates }: Gateway, queue: string, { messages, replayed }: Delivered): void {
  if (replayed || messages.length === 0) return;
  rates.add(queue, "dequeued", messages.length);
  const again = messages.filter(({ deliveries }) => deliveries > 1).length;
  if (again > 0) rates.add(queue, "redelivered", again);
}
