export type * from "./operations.ts";
export type { QuorateOptions } from "./options.ts";
export { Quorate } from "./quorate.ts";
export {
  AbortedError,
  type ClientErrorCode,
  ConnectionError,
  isQuorateError,
  LeaseLostError,
  type Outcome,
  QuorateError,
  type QuorateErrorCode,
  type QuorateErrorFacts,
  RefusedError,
  TimeoutError,
  UnavailableError,
  UsageError,
} from "./quorate-error.ts";
export type { Answer, Call, CallOptions, OperationId } from "./request.ts";
export type { Timers } from "./timers.ts";
