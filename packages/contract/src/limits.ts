/**
 * Every number of the contract that bounds a request or an answer, with its unit and reason.
 *
 * Limits of one queue's configuration (`bodyBytesMax`, `maxMessages`, …) are in `queues.ts`.
 */

const kib = 1024;
const mib = 1024 * kib;
const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A request body, before it is parsed: a full batch of bodies, its base64 and its fields. */
export const requestBytesMax = 6 * mib;

/** A stored body, whatever the queue allows: one op must stay well below a mesh frame. */
export const storedBodyBytesMax = mib;

/** Stored bodies of one batch together, and bodies of one dequeue answer: fits a mesh frame. */
export const batchBytesMax = 4 * mib;

/** Messages of one enqueue batch, settlements of one settle batch: bounds the work of one op. */
export const batchEntriesMax = 1000;

/** Messages of one dequeue. */
export const dequeueMessagesMax = 100;

/** Nesting of arrays and objects in a request: deeper ones only attack recursive readers. */
export const jsonDepthMax = 32;

/** Characters of a dedup, dequeue or group id, an Idempotency-Key and a worker label. */
export const idCharsMax = 128;

/** Characters of a contentType. */
export const contentTypeCharsMax = 128;

/** Characters of a queue name. */
export const queueNameCharsMax = 80;

/** Headers of one message. */
export const headersMax = 32;

/** Bytes of all header names and values of one message together. */
export const headersBytesMax = 8 * kib;

/** Characters of one header name. */
export const headerNameCharsMax = 64;

/** Highest priority; 0 is the lowest. */
export const priorityMax = 9;

/** Priority of a message that names none, in the middle. */
export const priorityDefault = 4;

/** Longest delay of an enqueue, in ms: no longer than the longest retention. */
export const delayMsMax = 365 * dayMs;

/** Shortest and longest ttl of a message, in ms: no longer than the longest retention. */
export const ttlMsMin = secondMs;
export const ttlMsMax = 365 * dayMs;

/** Longest delay of a nack or release, in ms. */
export const retryDelayMsMax = 7 * dayMs;

/** Shortest lease, in ms: below it a lease ends before its message has arrived. */
export const leaseMsMin = secondMs;

/** Longest lease, extensions included, in ms. */
export const leaseMsMax = 12 * hourMs;

/** Longest wait of a dequeue, in ms: below the 60 s at which proxies commonly give up. */
export const waitMsMax = 30 * secondMs;

/** Failures after which a message is dead: the highest that may be set. */
export const maxFailuresMax = 1000;

/** JSON bytes of a lease's progress. */
export const progressBytesMax = 4 * kib;

/** Bytes at which `error.message` and `reason` are cut. */
export const reasonBytesMax = kib;

/** Messages that one redrive may name by their ids. */
export const redriveIdsMax = 1000;

/** Highest rate of a redrive, in messages a second. */
export const redriveRateMax = 10_000;

/** Rate of a redrive that names none, in messages a second. */
export const redriveRateDefault = 1000;

/** Entries of one page of a listing. */
export const pageEntriesMax = 100;

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

/** Ranges of a queue's configuration, in ms. */
export const queueTimes = {
  dedupWindowMsMin: minuteMs,
  dedupWindowMsMax: 7 * dayMs,
  dedupWindowMsDefault: 10 * minuteMs,
  retentionMsMin: minuteMs,
  retentionMsMax: 365 * dayMs,
  retentionMsDefault: 14 * dayMs,
  deadRetentionMsDefault: 30 * dayMs,
  backoffMsMax: 7 * dayMs,
  backoffMsMaxDefault: 5 * minuteMs,
  backoffMsBaseDefault: secondMs,
  leaseMsDefault: 30 * secondMs,
} as const;

/** Default of `maxBytes`, in bytes. */
export const queueBytesDefault = 8 * 1024 * mib;

/** Default of `bodyBytesMax`, in bytes. */
export const bodyBytesDefault = 256 * kib;
