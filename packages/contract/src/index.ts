export { clientTypes } from "./client-types.ts";
export { getCluster, getQuorumCritical } from "./cluster.ts";
export { dequeue } from "./dequeue.ts";
export { batch, enqueue, enqueueBatch, message, rawHeaders } from "./enqueue.ts";
export {
  ApiError,
  type ErrorCode,
  type ErrorEntry,
  type ErrorFacts,
  type ErrorOutcome,
  errors,
  type Fault,
} from "./errors.ts";
export {
  type CapturedRange,
  type JsonCapture,
  type JsonFault,
  type JsonScanResult,
  scanJson,
} from "./json-scan.ts";
export * from "./limits.ts";
export * from "./live.ts";
export { headersFit } from "./message.ts";
export { getMessage, listGroups, listMessages } from "./messages.ts";
export { callerIdPattern, isQueueName, printablePattern } from "./names.ts";
export { documentPath, openApiDocument } from "./openapi.ts";
export type { JsonObject } from "./openapi-schema.ts";
export { pauseQueue, resumeQueue } from "./pause.ts";
export { Problem, type ProblemBody, problemOf, problemType } from "./problem.ts";
export { jwks, livez, metrics, openapi, readyz, reference } from "./probes.ts";
export {
  getQueue,
  listQueues,
  putQueue,
  type QueueConfigGiven,
  queueConfigGiven,
} from "./queues.ts";
// The configuration itself is said where it is kept.
export { queueConfigDefault } from "@quorate/queue/config";
export { deleteMessage, deleteQueue, purge } from "./removal.ts";
export { cancelTask, getTask, redrive } from "./redrive.ts";
export { commonErrors, type Method, type Reply, type RequestHeader, type Route } from "./route.ts";
export { routes } from "./routes.ts";
export {
  actionsOf,
  type ClusterScope,
  clusterScopes,
  matchesPattern,
  mayAct,
  parseScopes,
  type QueueAction,
  queueActions,
  type RouteScope,
  type Scopes,
} from "./scope.ts";
export { deleteSession, getMe, postSession } from "./session.ts";
export {
  extendDequeue,
  settle,
  type SettleAction,
  settleActions,
  type Settlement,
  settleOne,
} from "./settle.ts";
export { postRevocation } from "./trust.ts";
export { within, type Held, type Shape, type ShapeFault } from "./shape.ts";
export { formatTime, parseTime, timeMsMax } from "./times.ts";
