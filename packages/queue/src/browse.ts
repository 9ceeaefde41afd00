import { unreachable } from "@quorate/prelude";
import type {
  BrowseAnswer,
  BrowseQuestion,
  GetMessage,
  MessageFinding,
} from "./browse-question.ts";
import { findMessage } from "./find-message.ts";
import { listGroups } from "./list-groups.ts";
import { listMessages } from "./list-messages.ts";
import type { QueueState } from "./state.ts";
import { viewMessage } from "./view-message.ts";

/** Answers what is in a queue. Changes nothing. */
export function browse(state: QueueState, question: BrowseQuestion): BrowseAnswer {
  const queue = state.queue(question.queue);
  switch (question.type) {
    case "list-messages":
      return {
        type: "messages",
        listing: queue === undefined ? null : listMessages(state, queue, question),
      };
    case "get-message":
      return { type: "message", finds: getMessage(state, question) };
    case "list-groups":
      return {
        type: "groups",
        listing: queue === undefined ? null : listGroups(state, queue, question),
      };
    default:
      return unreachable(question);
  }
}

function getMessage(state: QueueState, question: GetMessage): MessageFinding {
  const queue = state.queue(question.queue);
  if (queue === undefined) return "queue-not-found";
  const message = findMessage(state, queue, question.message);
  if (message === 0) return "message-not-found";
  return viewMessage(state, queue, { message, withContent: question.withContent });
}
