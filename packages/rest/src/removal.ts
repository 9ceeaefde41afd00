/** Taking away: a message, what is in some states, a queue. */
import { deleteMessage, deleteQueue, type Held, purge } from "@quorate/contract";
import { parseMessageId } from "@quorate/queue";
import { administer } from "./administer.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import type { Call, Serve } from "./call.ts";
import type { Conversation } from "./conversation.ts";
import { faultAt } from "./fault-at.ts";
import type { Host } from "./host.ts";

/** `POST …/purge`, `DELETE …/messages/{id}` and `DELETE /v1/queues/{q}`. */
export function serveRemoval(serve: Serve, host: Host): void {
  serve(purge, (call) => purgeStates(host, call));
  serve(deleteMessage, (call) => deleteOne(host, call));
  serve(deleteQueue, (call) => deleteWhole(host, call));
}

function* purgeStates(
  host: Host,
  call: Call<Held<typeof purge.body & object>>,
): Conversation<Answer> {
  const { queue, body } = call;
  if (body.confirm !== queue) throw faultAt("/confirm", "expected the name of the queue");
  const { outcome, coord, headers } = yield* administer(
    host,
    call,
    { type: "purge", queue, states: [...new Set(body.states)] },
    // A second purge would also take what has come in the meantime.
    { expects: "purged", isRepeatable: false },
  );
  return jsonAnswer(200, { removed: outcome.removed, coord }, headers);
}

function* deleteOne(
  host: Host,
  call: Call<never, Held<typeof deleteMessage.query>>,
): Conversation<Answer> {
  const { queue, params, query } = call;
  // What is no id is the id of no message; that there is no such queue is said first.
  const message = parseMessageId(params["messageId"] ?? "") ?? { op: 0, index: 0 };
  const { headers } = yield* administer(
    host,
    call,
    { type: "delete-message", queue, message, force: query.force === "true" },
    { expects: "message-deleted", isRepeatable: true },
  );
  return { status: 204, body: null, headers };
}

function* deleteWhole(
  host: Host,
  call: Call<never, Held<typeof deleteQueue.query>>,
): Conversation<Answer> {
  const { queue, query } = call;
  const { headers } = yield* administer(
    host,
    call,
    { type: "delete-queue", queue, force: query.force === "true" },
    // A second one could take a queue that was made in the meantime.
    { expects: "queue-deleted", isRepeatable: false },
  );
  return { status: 204, body: null, headers };
}
