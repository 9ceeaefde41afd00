/** Sending one message. */
import { enqueue } from "@quorate/contract";
import { idempotencyKeyHash, messageIdText, type NewMessage } from "@quorate/queue";
import type { Answer } from "./answer.ts";
import type { Call, Serve } from "./call.ts";
import { type Conversation, execute } from "./conversation.ts";
import type { Host } from "./host.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";
import { coordText, timeText } from "./json-text.ts";
import { fingerprintOf, newMessage, sourceOf } from "./new-message.ts";
import { rawMessage, refuseOptionHeaders } from "./raw-message.ts";

/** `POST …/enqueue`, JSON and raw. */
export function serveEnqueue(serve: Serve, host: Host): void {
  serve(
    enqueue,
    (call) => {
      refuseOptionHeaders(call);
      return enqueueOne(host, call, newMessage(call.body, sourceOf(host, call)));
    },
    (call) => enqueueOne(host, call, rawMessage(host, call)),
  );
}

function* enqueueOne(host: Host, call: Call, only: NewMessage): Conversation<Answer> {
  const key = idempotencyKeyOf(call.request);
  // With a dedup id it alone decides.
  const idempotency =
    key === null || only.dedup !== null
      ? null
      : {
          hash: idempotencyKeyHash(host.sha256, call.principal.id, key),
          fingerprint: fingerprintOf(only, host),
        };
  const { outcome, coord } = yield* execute(
    { type: "enqueue", queue: call.queue, form: "single", idempotency, messages: [only] },
    { expects: "enqueued", isRepeatable: key !== null || only.dedup !== null },
  );
  const [result] = outcome.results;
  if (result === undefined || result.status === "refused") {
    throw new Error("a single enqueue has one result, which is not refused");
  }
  const duplicate = result.status === "duplicate";
  return {
    status: duplicate ? 200 : 201,
    body:
      `{"messageId":"${messageIdText(result.message)}","seq":${result.seq},` +
      `"duplicate":${duplicate},"enqueuedAt":${timeText(result.enqueuedAtMs)},` +
      `"coord":${coordText(coord)}}`,
    counts: { enqueued: duplicate ? 0 : 1 },
  };
}
