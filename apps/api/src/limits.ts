/** Limits of the gateway itself; those that callers can read about are in the contract. */
import { callMsMax } from "@quorate/contract";
import { queueLimits } from "@quorate/queue";

const mib = 1024 * 1024;

/**
 * How long the gateway waits for the cluster, in ms: a little less than callMsMax, so that the
 * honest answer still leaves in time.
 */
export const clusterMsMax = callMsMax - 500;

/**
 * Limits that an operator may set (`limits` in the configuration), and what they are if he does not.
 * Over a limit of calls: 503 before the body is read. Calls that drain work (dequeue, settle, health,
 * administration) have room of their own.
 */
export const settableLimits = {
  /** Calls in progress that add work. */
  addingCallsMax: 1024,
  /** Bytes of their bodies. */
  addingBytesMax: 128 * mib,
  /** Calls in progress that drain work, those that wait for messages included. */
  drainingCallsMax: 8192,
  /** Bytes of their bodies. */
  drainingBytesMax: 64 * mib,
  /**
   * One principal holds at most this much, in percent, of the room for calls and bytes that the others
   * leave: so some is always free for whoever comes, and he who is alone misses little (ADR 19).
   */
  principalPercentMax: 75,
  /** A process that is later than this, in ms, takes no more work. */
  eventLoopLagMsMax: 1000,
  /** Connections at once; more are closed. */
  connectionsMax: 2000,
  /** From one address, loopback excepted: there a whole machine shares one. */
  connectionsPerAddressMax: 64,
  /** Receiving a request's headers, in ms. */
  headersTimeoutMs: 5000,
  /** Receiving a whole request, in ms; the answer to a long poll may take longer. */
  requestTimeoutMs: 15_000,
  /** Taking an answer, in ms: who reads slower is cut off. */
  answerTimeoutMs: 30_000,
} as const;

/** How often it is measured how late the process is, in ms. */
export const lagSampledEveryMs = 100;

/** When whoever was sent away may come again, in ms: a different time for each. */
export const overloadedRetryMsMin = 1000;
export const overloadedRetryMsMax = 3000;

/**
 * Refusals that are told in a second, of those that many callers provoke by coming too often; the
 * others wait. As many as a full gateway refuses callers who heed it; one takes 45 µs.
 */
export const refusalsPerSecondMax = 1000;

/** Refusals that wait for nothing after a quiet time: all of whom a full gateway may have at once. */
export const refusalsAtOnceMax = 1000;

/** However many there are, a refusal waits no longer than this, in ms. */
export const refusalWaitMsMax = 1000;

/** What the smallest call counts as, in bytes: bounds the number of calls too. */
export const callBytesMin = 4096;

/** Verified tokens that are remembered; the oldest goes first. */
export const tokensCachedMax = 10_000;

/**
 * Tolerance of clocks between issuer and gateway, in seconds: as much as a revocation of all that was
 * issued until now allows for.
 */
export const tokenClockToleranceSeconds = queueLimits.issuerAheadMsMax / 1000;

/** Shortest time between two reads of a key set, in ms, however many tokens name unknown keys. */
export const keySetRereadMsMin = 30_000;

/** A key set older than this is read again beside the work, in ms. */
export const keySetFreshMsMax = 10 * 60_000;

/** A key set older than this is read again before it is used, in ms. */
export const keySetOldMsMax = 20 * 60_000;

/** While an issuer cannot be reached, its last good key set is used for this time, in ms. */
export const keySetLastGoodMsMax = 24 * 3_600_000;

/** Within this time a key set must have been received, in ms. */
export const jwksAnswerMsMax = 5000;

/** Bytes of a key set that is fetched. */
export const jwksBytesMax = 65_536;

/** How often a gateway asks the cluster for revocations that it does not know, in ms. */
export const revocationsAskedEveryMs = 2000;

/** How long one such question may take, in ms: then it is asked anew. */
export const revocationsAnswerMsMax = 2000;

/**
 * Within this time every gateway that reaches a quorum refuses a revoked token, in ms: it asks, and
 * hears.
 */
export const revocationsKnownMsMax = revocationsAskedEveryMs + revocationsAnswerMsMax;

/** Without news of revocations for this time, in ms, nobody administers the cluster here. */
export const revocationsAdminStaleMsMax = 30_000;

/** Without news of revocations for this time, in ms, no queue is used here. */
export const revocationsStaleMsMax = 300_000;

/** A session ends when it was not used for this time, in ms. */
export const sessionIdleMsMax = 30 * 60_000;

/** A session ends after this time in any case, in ms. */
export const sessionMsMax = 12 * 3_600_000;

/** Sessions kept at once; the oldest goes first. */
export const sessionsMax = 10_000;

/** A waiting dequeue asks again after this time even without a hint, in ms. */
export const askAgainMs = 1000;

/** Waiting calls that are tried at one hint: as many as one signed request carries well. */
export const waitingPerRoundMax = 64;

/** A read that a quorum confirmed this long ago, in ms, still means ready. */
export const readyMsMax = 2000;

/** Queues whose rates are kept; the one that was quiet for longest goes first. */
export const rateQueuesMax = 10_000;

/** Principals counted per queue; more are not told apart. */
export const consumersCountedMax = 10_000;

/**
 * Queues whose depths `/metrics` tells, the first by name: each is seven lines of every scrape. A
 * multiple of a page of the listing.
 */
export const queuesMeasuredMax = 1000;

/** How long depths that were read are told to who scrapes, in ms: shorter than any interval of scrapes. */
export const queueDepthsFreshMs = 5000;

/** Limits of the HTTP server: slow or greedy clients end here. */
export const http = {
  keepAliveTimeoutMs: 5000,
  /** How often slow clients are looked for. */
  connectionsCheckingIntervalMs: 1000,
  headerBytesMax: 8192,
  headersCountMax: 64,
  requestsPerSocketMax: 1000,
  /** Requests of one connection whose answers are awaited; each may have 64 KiB of its body here. */
  pipelinedMax: 64,
} as const;

/** Limits of the live feed's sockets. */
export const liveSocket = {
  messageBytesMax: 4096,
  connectTimeoutMs: 5000,
  pingIntervalMs: 10_000,
  pingTimeoutMs: 5000,
  /** Browsers connected at once. */
  connectionsMax: 500,
  /** Bytes waiting to be sent to one slow browser before it is let go when it sends more. */
  bufferedBytesMax: 8 * mib,
} as const;

/** Within this time Redis must be connected, in ms; then it is tried again. */
export const redisConnectMsMax = 2000;

/** Longest pause between two attempts to connect to Redis, in ms. */
export const redisReconnectMsMax = 2000;

/** Commands that wait for Redis at once; more are counted here instead. */
export const redisQueueMax = 10_000;

/** Longer than this, in ms, no request waits for Redis. */
export const redisAnswerMsMax = 50;

/** How long a slow Redis is not asked, in ms: only the requests of one moment wait for it. */
export const redisRestMs = 1000;

/** Shortest time between two questions to the cluster because of hints, in ms. */
export const hintedAskMsMin = 200;

/** How long calls in progress may take to end when the gateway stops, in ms. */
export const drainMsMax = 3000;
