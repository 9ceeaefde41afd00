/** What the queues refuse, in the words of the API. */
import { ApiError, type ErrorFacts } from "@quorate/contract";
import { messageIdText, type Refusal } from "@quorate/queue";

/** The error of a refusal; `index` is the failing entry of an atomic batch. */
export function refusalError(refusal: Refusal, index: number | null = null): ApiError {
  return new ApiError(refusal.code, { ...factsOf(refusal), ...(index === null ? {} : { index }) });
}

function factsOf(refusal: Refusal): ErrorFacts {
  if ("limit" in refusal) {
    const { limit, max } = refusal;
    return { limit, max, detail: `${limit} is ${max}.` };
  }
  if (refusal.code === "dedup-conflict") return { messageId: messageIdText(refusal.original) };
  if (refusal.code === "lease-lost") return { reason: refusal.reason };
  if (refusal.code === "already-settled") return { action: refusal.action, state: refusal.state };
  return {};
}
