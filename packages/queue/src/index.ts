export { decodeOperation, encodeOperation } from "./operation-codec.ts";
export type {
  AdminOperation,
  CancelTask,
  ConfigTag,
  DedupKey,
  DeleteMessage,
  DeleteQueue,
  DeliveryError,
  Dequeue,
  Enqueue,
  ExtendDequeue,
  IdempotencyKey,
  NewMessage,
  Once,
  Operation,
  PauseQueue,
  Purge,
  PurgedState,
  PutPrecondition,
  PutQueue,
  Redrive,
  Revoke,
  Settle,
  SettleAction,
  Settlement,
} from "./operation.ts";
export { decodeOutcome, encodeOutcome } from "./outcome-codec.ts";
export type {
  Dequeued,
  DequeuedMessage,
  Enqueued,
  EnqueueResult,
  Invalid,
  LeasesExtended,
  LostLease,
  MessageDeleted,
  Outcome,
  QueuePaused,
  Purged,
  QueueDeleted,
  QueuePut,
  Refused,
  Repeated,
  Revoked,
  Settled,
  TaskTold,
  SettleResult,
} from "./outcome.ts";
export type { LeaseLostReason, LimitName, MessageState, Refusal } from "./refusal.ts";
export {
  type Answer,
  decodeAnswer,
  decodeQuestion,
  type DeliverableFinding,
  encodeAnswer,
  encodeQuestion,
  type Question,
} from "./question.ts";
export type {
  BrowseQuestion,
  GetMessage,
  ListGroups,
  Listing,
  ListingPlace,
  ListMessages,
  MessageFinding,
} from "./browse-question.ts";
export { type GroupView, type GroupViewState, groupViewStates } from "./group-view.ts";
export {
  type ErrorView,
  type LeaseView,
  type MessageContent,
  type MessageView,
  type MessageViewState,
  messageViewStates,
} from "./message-view.ts";
export type { DeadReason } from "./message-record.ts";
export type { Pause, Pauses } from "./pause-view.ts";
export type { DeadCount } from "./dead-filter.ts";
export type { RedriveFilter } from "./redrive-filter.ts";
export type { TaskState, TaskView } from "./task.ts";
export type { PutTrial } from "./put-trial.ts";
export type { QueueStats, QueueView } from "./queue-view.ts";
export {
  type BackoffConfig,
  type QueueConfig,
  queueConfigDefault,
  queueConfigOf,
  type QueueConfigPatch,
  type QueueConfigPointer,
  queueConfigRanges,
} from "./queue-config.ts";
export { type QueueConfigFault, queueConfigFault, queueConfigHas } from "./queue-config-fields.ts";
export type { Revocation } from "./revocation.ts";
export { isQueueName } from "./queue-name.ts";
export {
  type LeaseKey,
  leaseIdText,
  leaseNever,
  type MessageKey,
  messageIdText,
  parseLeaseId,
  parseMessageId,
  parseTaskId,
  taskIdText,
} from "./ids.ts";
export { decodeHeaders, encodeHeaders, type MessageHeader } from "./message-headers.ts";
export {
  dedupIdHash,
  dequeueIdHash,
  type FingerprintInput,
  groupIdHash,
  hashBytes,
  idempotencyKeyHash,
  messageFingerprint,
  requestFingerprint,
  revocationKeyHash,
  type RevocationSubject,
} from "./fingerprint.ts";
export * as queueLimits from "./limits.ts";
export {
  createQueueStateMachine,
  type QueueMemory,
  type QueueStateMachine,
  type QueueStateMachineOptions,
} from "./queue-state-machine.ts";
