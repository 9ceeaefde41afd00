/** Pausing and resuming a queue's sending or receiving. */
import { type Held, pauseQueue, resumeQueue } from "@quorate/contract";
import { administer } from "./administer.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import type { Call, Serve } from "./call.ts";
import type { Conversation } from "./conversation.ts";
import { cutReason } from "./cut-reason.ts";
import type { Host } from "./host.ts";
import { pausedIn } from "./paused-json.ts";

/** `POST …/pause` and `…/resume`. */
export function servePause(serve: Serve, host: Host): void {
  serve(pauseQueue, (call) => {
    const { reason } = call.body;
    const cut = reason === undefined ? null : cutReason(reason, host.text);
    return change(host, call, { by: call.principal.id, reason: cut });
  });
  serve(resumeQueue, (call) => change(host, call, null));
}

function* change(
  host: Host,
  call: Call<Held<typeof resumeQueue.body & object>>,
  pause: { readonly by: string; readonly reason: string | null } | null,
): Conversation<Answer> {
  const { outcome, coord, headers } = yield* administer(
    host,
    call,
    { type: "pause-queue", queue: call.queue, what: call.body.what, pause },
    // The second time it changes nothing.
    { expects: "queue-paused", isRepeatable: true },
  );
  return jsonAnswer(200, { paused: pausedIn(outcome.paused), coord }, headers);
}
