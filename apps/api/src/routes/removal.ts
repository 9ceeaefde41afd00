/** Taking away: a message, what is in some states, a queue. */
import { ApiError, deleteMessage, deleteQueue, type Held, purge } from "@quorate/contract";
import { parseMessageId } from "@quorate/queue";
import { administer } from "../administer.ts";
import { type Answer, jsonAnswer } from "../answer.ts";
import type { Call } from "../call.ts";
import { mount, type Mounting } from "../mount.ts";
import type { Gateway } from "./gateway.ts";

/** Serves `POST …/purge`, `DELETE …/messages/{id}` and `DELETE /v1/queues/{q}`. */
export function mountRemoval(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, purge, (call) => purgeStates(gateway, call));
  mount(mounting, deleteMessage, (call) => deleteOne(gateway, call));
  mount(mounting, deleteQueue, (call) => deleteWhole(gateway, call));
}

async function purgeStates(
  gateway: Gateway,
  call: Call<Held<typeof purge.body & object>>,
): Promise<Answer> {
  const { queue, body } = call;
  if (body.confirm !== queue) throw bodyError("/confirm", "expected the name of the queue");
  const { outcome, coord, headers } = await administer(
    gateway,
    call,
    { type: "purge", queue, states: [...new Set(body.states)] },
    // A second purge would also take what has come in the meantime.
    { expects: "purged", isRepeatable: false },
  );
  return jsonAnswer(200, { removed: outcome.removed, coord }, headers);
}

async function deleteOne(
  gateway: Gateway,
  call: Call<never, Held<typeof deleteMessage.query>>,
): Promise<Answer> {
  const { queue, params, query } = call;
  // What is no id is the id of no message; that there is no such queue is said first.
  const message = parseMessageId(params["messageId"] ?? "") ?? { op: 0, index: 0 };
  const { headers } = await administer(
    gateway,
    call,
    { type: "delete-message", queue, message, force: query.force === "true" },
    { expects: "message-deleted", isRepeatable: true },
  );
  return { status: 204, body: null, headers };
}

async function deleteWhole(
  gateway: Gateway,
  call: Call<never, Held<typeof deleteQueue.query>>,
): Promise<Answer> {
  const { queue, query } = call;
  const { headers } = await administer(
    gateway,
    call,
    { type: "delete-queue", queue, force: query.force === "true" },
    // A second one could take a queue that was made in the meantime.
    { expects: "queue-deleted", isRepeatable: false },
  );
  return { status: 204, body: null, headers };
}

function bodyError(pointer: string, detail: string): ApiError {
  const errors = [{ pointer, detail }];
  return new ApiError("request-invalid", { detail: `${pointer}: ${detail}.`, errors });
}
