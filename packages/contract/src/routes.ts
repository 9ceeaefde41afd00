/** All routes that are served. What is not in this list is 404, and in no document. */
import { getCluster, getQuorumCritical } from "./cluster.ts";
import { dequeue } from "./dequeue.ts";
import { enqueue, enqueueBatch } from "./enqueue.ts";
import { getMessage, listGroups, listMessages } from "./messages.ts";
import { pauseQueue, resumeQueue } from "./pause.ts";
import { jwks, livez, metrics, openapi, readyz, reference } from "./probes.ts";
import { getQueue, listQueues, putQueue } from "./queues.ts";
import { deleteMessage, deleteQueue, purge } from "./removal.ts";
import { cancelTask, getTask, redrive } from "./redrive.ts";
import type { Route } from "./route.ts";
import { deleteSession, getMe, postSession } from "./session.ts";
import { extendDequeue, settle, settleOne } from "./settle.ts";
import { postRevocation } from "./trust.ts";

/** In the order in which a router should try them: the busiest first. */
export const routes: readonly Route[] = [
  enqueueBatch,
  enqueue,
  dequeue,
  settle,
  settleOne.ack,
  settleOne.nack,
  settleOne.release,
  settleOne.reject,
  settleOne.extend,
  extendDequeue,
  putQueue,
  getQueue,
  listQueues,
  pauseQueue,
  resumeQueue,
  redrive,
  getTask,
  cancelTask,
  listMessages,
  getMessage,
  listGroups,
  deleteQueue,
  deleteMessage,
  purge,
  getCluster,
  getQuorumCritical,
  postRevocation,
  getMe,
  postSession,
  deleteSession,
  livez,
  readyz,
  metrics,
  openapi,
  reference,
  jwks,
];
