/**
 * Every number of the contract that bounds a request or an answer, with its unit and reason. What
 * the queues keep to themselves is said there; the ranges of a configuration are theirs altogether.
 */
import * as queue from "@quorate/queue/limits";

const kib = 1024;
const mib = 1024 * kib;
const secondMs = 1000;

/** A request body, before it is parsed: a full batch of bodies, its base64 and its fields. */
export const requestBytesMax = 6 * mib;

/** A request body on a route that asks for no token: room for one in JSON, too little to fill a gateway. */
export const publicRequestBytesMax = 16 * kib;

/** A stored body, whatever the queue allows: one op must stay well below a frame of the links. */
export const storedBodyBytesMax = queue.bodyBytesCeiling;

/** Stored bodies of one batch together, and bodies of one dequeue answer: fits a frame of the links. */
export const batchBytesMax = queue.batchBodyBytesMax;

/** Messages of one enqueue batch, settlements of one settle batch: bounds the work of one op. */
export const batchEntriesMax = queue.batchMessagesMax;

/** Messages of one dequeue. */
export const dequeueMessagesMax = queue.dequeueMessagesMax;

/** Nesting of arrays and objects in a request: deeper ones only attack recursive readers. */
export const jsonDepthMax = 32;

/** Characters of a dedup, dequeue or group id, an Idempotency-Key and a worker label. */
export const idCharsMax = queue.labelBytesMax;

/** Characters of a contentType. */
export const contentTypeCharsMax = queue.labelBytesMax;

/** Characters of a queue name. */
export const queueNameCharsMax = queue.queueNameBytesMax;

/** Headers of one message. */
export const headersMax = queue.headersMax;

/** Bytes of all header names and values of one message together. */
export const headersBytesMax = queue.headerBytesMax;

/** Characters of one header name. */
export const headerNameCharsMax = 64;

/** Highest priority; 0 is the lowest. */
export const priorityMax = queue.priorityMax;

/** Priority of a message that names none, in the middle. */
export const priorityDefault = queue.priorityDefault;

/** Longest delay of an enqueue, in ms: no longer than the longest retention. */
export const delayMsMax = queue.enqueueDelayMsMax;

/** Shortest and longest ttl of a message, in ms: no longer than the longest retention. */
export const ttlMsMin = queue.ttlMsMin;
export const ttlMsMax = queue.ttlMsMax;

/** Longest delay of a nack or release, in ms. */
export const retryDelayMsMax = queue.settleDelayMsMax;

/** Shortest lease, in ms: below it a lease ends before its message has arrived. */
export const leaseMsMin = queue.leaseMsMin;

/** Longest lease, extensions included, in ms. */
export const leaseMsMax = queue.leaseMsMax;

/** Longest wait of a dequeue, in ms: below the 60 s at which proxies commonly give up. */
export const waitMsMax = 30 * secondMs;

/** Failures after which a message is dead: the highest that may be set. */
export const maxFailuresMax = queue.maxFailuresMax;

/** ETags of one `If-Match`: a caller holds the few configurations that it has seen. */
export const matchTagsMax = queue.matchTagsMax;

/** JSON bytes of a lease's progress. */
export const progressBytesMax = queue.progressBytesMax;

/** Bytes at which `error.message` and `reason` are cut. */
export const reasonBytesMax = queue.errorTextBytesMax;

/** Messages that one redrive may name by their ids. */
export const redriveIdsMax = queue.redriveIdsMax;

/** Highest rate of a redrive, in messages a second. */
export const redriveRateMax = queue.redriveRateMax;

/** Rate of a redrive that names none, in messages a second. */
export const redriveRateDefault = queue.redriveRateDefault;

/** Entries of one page of a listing. */
export const pageEntriesMax = queue.listEntriesMax;

/** Entries of a page when the caller does not say. */
export const pageEntriesDefault = 50;

/** A call is answered within this time, in ms; a dequeue has its `waitMs` beside it. */
export const callMsMax = 10 * secondMs;

/** Bytes of a token: enough for many scopes, too few to fill a cache. */
export const tokenBytesMax = 4 * kib;

/** Characters of the `iss` of a token. */
export const issuerCharsMax = 512;

/** Characters of the `sub` of a token. */
export const subjectCharsMax = 255;

/** Characters of the `jti` of a token. */
export const tokenIdCharsMax = 255;

/** Characters of a request id that is taken over from the client. */
export const requestIdCharsMax = 64;

/** A member is `reachable` when it was heard within this time, in ms. */
export const memberHeardMsMax = 2 * secondMs;
