/** What the queues refused, in the words of the contract's catalogue. */
import { ApiError, type ErrorFacts } from "@quorate/contract";
import { messageIdText, type Refusal } from "@quorate/queue";

/** The error of a refusal; `index` is the failing entry of an atomic batch. */
export function refusalError(refusal: Refusal, index: number | null = null): ApiError {
  const facts: ErrorFacts = { ...factsOf(refusal), ...(index === null ? {} : { index }) };
  return new ApiError(refusal.code, facts);
}

function factsOf(refusal: Refusal): ErrorFacts {
  if ("limit" in refusal) {
    const { limit, max } = refusal;
    const isDelay = refusal.code === "limit-exceeded" && limit === "retentionMs";
    const detail = isDelay
      ? `A delay must end before retentionMs, which is ${max}.`
      : `${limit} is ${max}.`;
    return { limit, max, detail };
  }
  if (refusal.code === "dedup-conflict") return { messageId: messageIdText(refusal.original) };
  if (refusal.code === "lease-lost") return { reason: refusal.reason };
  if (refusal.code === "already-settled") return { action: refusal.action, state: refusal.state };
  return {};
}
