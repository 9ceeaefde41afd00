export type { CoalesceOptions } from "./enqueue-lane.ts";
export type { EnqueueResult, EntryResult } from "./enqueue-result.ts";
export type { Message, MessageOptions, NewMessage } from "./message.ts";
export type * from "./operations.ts";
export type { QuorateOptions } from "./options.ts";
export { Quorate } from "./quorate.ts";
export type {
  DeleteOptions,
  PageOptions,
  PurgedStates,
  PutOptions,
  QueueAdmin,
  QueueConfigGiven,
  QueueInfo,
  RedriveFilter,
  RedriveOptions,
  StoredMessage,
} from "./queue-admin.ts";
export type { DequeueOptions, Lease, QueueClient, Received } from "./queue-client.ts";
export type { ListedQueue, QueueList, QueueListOptions } from "./queue-list.ts";
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
export type { Settlement } from "./settler.ts";
export type { TaskClient } from "./task-client.ts";
export type { Timers } from "./timers.ts";
export { Reject, Release } from "./verdict.ts";
export type { CloseOptions, Worker } from "./worker.ts";
export type { Handler, WorkerContext, WorkerOptions } from "./worker-options.ts";
