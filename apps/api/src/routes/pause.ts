/** Pausing and resuming a queue's sending or receiving. */
import { type Held, pauseQueue, resumeQueue } from "@quorate/contract";
import { administer } from "../administer.ts";
import { type Answer, jsonAnswer } from "../answer.ts";
import type { Call } from "../call.ts";
import { cutReason } from "../cut-reason.ts";
import { mount, type Mounting } from "../mount.ts";
import { pausedIn } from "../paused-json.ts";
import type { Gateway } from "./gateway.ts";

/** Serves `POST …/pause` and `…/resume`. */
export function mountPause(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, pauseQueue, (call) => {
    const { reason } = call.body;
    const cut = reason === undefined ? null : cutReason(reason);
    return change(gateway, call, { by: call.principal.id, reason: cut });
  });
  mount(mounting, resumeQueue, (call) => change(gateway, call, null));
}

async function change(
  gateway: Gateway,
  call: Call<Held<typeof resumeQueue.body & object>>,
  pause: { readonly by: string; readonly reason: string | null } | null,
): Promise<Answer> {
  const { outcome, coord, headers } = await administer(
    gateway,
    call,
    { type: "pause-queue", queue: call.queue, what: call.body.what, pause },
    // The second time it changes nothing.
    { expects: "queue-paused", isRepeatable: true },
  );
  return jsonAnswer(200, { paused: pausedIn(outcome.paused), coord }, headers);
}
