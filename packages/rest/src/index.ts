export { administer } from "./administer.ts";
export { type Answer, type CountedKind, jsonAnswer } from "./answer.ts";
export { authorize } from "./authorize.ts";
export { bodyKindOf } from "./body-kind.ts";
export { type Call, type Caller, headerOf, type RequestHead, type Serve } from "./call.ts";
export { checkedBody, refuseBadName } from "./checked-call.ts";
export { ask, type Conversation, type Step, type StepAnswer } from "./conversation.ts";
export type { Delivered } from "./delivery-text.ts";
export {
  deliveredAnswer,
  isFull,
  type Receiving,
  receivingOf,
  take,
  takeOrAsk,
} from "./dequeue.ts";
export { faultAt } from "./fault-at.ts";
export type { Host, Seen, TextCodec } from "./host.ts";
export { rateWindowSeconds } from "./limits.ts";
export { problemAnswer } from "./problem-answer.ts";
export { checkedQuery } from "./request-query.ts";
export { serveRoutes } from "./routes.ts";
