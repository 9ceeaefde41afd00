/** Requests that a client sends before the answers to those in front of them have come. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { ApiError } from "@quorate/contract";
import { problemAnswer } from "@quorate/rest";
import { send } from "./answer.ts";
import { http, overloadedRetryMsMin } from "../limits.ts";
import { nameRequest } from "./request-id.ts";
import { responsesOn } from "./tracked-response.ts";

/**
 * Begins a request when the one before it on its connection is answered: they are done in their
 * order, and however many a client sends, the gateway holds one answer for him.
 */
export function oneAfterTheOther(serve: RequestListener): RequestListener {
  return (request, response) => {
    const { socket } = request;
    const responses = responsesOn(socket);
    const before = responses.at(-2);
    if (before === undefined) {
      serve(request, response);
      return;
    }
    if (responses.length > http.pipelinedMax) {
      refuse(request, response);
      return;
    }
    before.once("close", () => {
      // Behind the last answer of a connection, and without one, nothing is done any more.
      if (socket.writable && !response.destroyed) serve(request, response);
    });
  };
}

/** Its answer waits for its turn; what came with it is dropped at once. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const detail = `At most ${http.pipelinedMax} requests of a connection may wait for their answers.`;
  const error = new ApiError("overloaded", { detail, retryAfterMs: overloadedRetryMsMin });
  send(response, problemAnswer(error, nameRequest(request, response)));
}
