/**
 * Every limit of the queue state machine, with its unit. A limit that a caller can meet stands in
 * the contract ("Limits", "Dequeue", "Settle", "Stats and capacity"); the others bound our own work.
 */

/** Messages in one enqueue operation. */
export const batchMessagesMax = 1_000;
/** Stored body bytes of one enqueue operation, and of one dequeue's answer: 4 MiB. */
export const batchBodyBytesMax = 4 * 1024 * 1024;
/** The largest body that any queue's configuration allows: 1 MiB. */
export const bodyBytesCeiling = 1024 * 1024;
/** Length of dedup, dequeue and group ids and of content types, in bytes of printable ASCII. */
export const labelBytesMax = 128;
/** Length of a worker's label in bytes of UTF-8 (128 characters of at most four bytes). */
export const workerBytesMax = 512;
/** Length of a principal (`iss` and `sub` as one string) in bytes of UTF-8. */
export const principalBytesMax = 2_048;
/** Length of a queue name in ASCII characters. */
export const queueNameBytesMax = 80;
/** Header fields of one message. */
export const headersMax = 32;
/** Bytes of header names and values of one message. */
export const headerBytesMax = 8 * 1024;
/** Lowest and highest priority, and the one of a message that names none. */
export const priorityMax = 9;
export const priorityDefault = 4;
/** Messages that one dequeue may ask for. */
export const dequeueMessagesMax = 100;
/**
 * Whatever is in a group's order and not ready is among so many of its first messages: a dequeue
 * leases no more of them, and none while the group is held up; what dies further behind leaves the
 * order.
 */
export const groupFrontMax = 100;
/** Settlements in one settle operation. */
export const settlementsMax = 1_000;
/** Shortest and longest lease, in milliseconds: 1 s and 12 h, the latter also after extensions. */
export const leaseMsMin = 1_000;
export const leaseMsMax = 12 * 3_600_000;
/** Failures after which a message is dead: the highest that may be set. */
export const maxFailuresMax = 1_000;
/** Longest delay of a nack or release, in milliseconds: 7 d. */
export const settleDelayMsMax = 7 * 86_400_000;
/** Longest delay of an enqueue, in milliseconds: the largest retention, 365 d. */
export const enqueueDelayMsMax = 365 * 86_400_000;
/** Shortest and longest time for which a message may be ready, in milliseconds: 1 s and 365 d. */
export const ttlMsMin = 1_000;
export const ttlMsMax = 365 * 86_400_000;
/** Longest error message or reject reason that is kept, in bytes of UTF-8: 1 KiB. */
export const errorTextBytesMax = 1_024;
/** Progress of a lease, in bytes of JSON: 4 KiB. */
export const progressBytesMax = 4 * 1024;
/** Failures of one message whose errors are kept, the newest. */
export const errorsKeptMax = 10;
/** Queues of a cluster. */
export const queuesMax = 10_000;
/** Messages or groups in one answer of a listing. */
export const listEntriesMax = 100;
/** Messages or groups that one listing looks at, shown or not: about a millisecond. */
export const listExaminedMax = 2_000;
/** Dead letters that one operation looks at. */
export const deadLettersExaminedMax = 2_000;
/** Redrives and other tasks that are remembered, and those that run at the same time. */
export const tasksMax = 10_000;
export const tasksRunningMax = 100;
/** How long a task is remembered after its end, in milliseconds: 24 h. */
export const taskKeptMs = 86_400_000;
/** Messages that a redrive may name by their ids. */
export const redriveIdsMax = 1_000;
/** Lowest and highest rate of a redrive, in messages a second, and the one that is not named. */
export const redriveRateMax = 10_000;
export const redriveRateDefault = 1_000;
/** How often in a second a redrive that runs is carried on, so that pulses move many at once. */
export const redriveStepsPerSecond = 5;
/** After this time a redrive asks again whether its target has room, in microseconds: 1 s. */
export const redriveRetryMicros = 1_000_000;
/** Redrives of one message that are counted. */
export const redrivesMax = 65_535;
/** ETags of one `If-Match`: a caller holds the few configurations that it has seen. */
export const matchTagsMax = 32;
/** Queues in one answer of a listing. */
export const listQueuesMax = 1_000;

/** Dedup records of one queue and of the cluster. */
export const dedupRecordsMax = 8_000_000;
export const dedupRecordsClusterMax = 32_000_000;
/** Remembered Idempotency-Keys of the cluster: as many as dedup records of one queue. */
export const idempotencyRecordsMax = 8_000_000;
/** How long an Idempotency-Key is remembered, in milliseconds: 10 min. */
export const idempotencyWindowMs = 600_000;
/** Remembered Idempotency-Keys of calls that administer something. */
export const adminKeysMax = 100_000;
/** How long such a key is remembered, in milliseconds: 24 h. */
export const adminKeyWindowMs = 86_400_000;
/** Remembered dequeues of the cluster. */
export const dequeueReplaysMax = 1_000_000;
/** How long a dequeue is remembered, in milliseconds: 5 min. */
export const dequeueReplayWindowMs = 300_000;
/** How long the bodies of a pop can be fetched again, in milliseconds: 60 s. */
export const popReplayWindowMs = 60_000;
/** How long a settlement is remembered, in milliseconds: 10 min. */
export const settledWindowMs = 600_000;
/** Revocations that are remembered at once. */
export const revocationsMax = 10_000;
/** Revocations in one answer of a listing. */
export const listRevocationsMax = 1_000;
/** How far ahead of now a revocation may reach, in milliseconds: clocks of issuers differ. */
export const revocationAheadMsMax = 5 * 60_000;
/**
 * How far ahead of ours the clock of an issuer may be, in milliseconds: gateways take tokens that are
 * issued so far in the future, so a revocation of all until now is about them, too.
 */
export const issuerAheadMsMax = 5_000;
/**
 * How long a revocation is remembered, in milliseconds: longer than any token lives that it is
 * about, which is 12 h after the latest time that it may name, and a minute for clocks.
 */
export const revocationKeptMs = 12 * 3_600_000 + revocationAheadMsMax + 60_000;

/** Deadlines (ends of leases, delays, ttls and retention) that one pulse acts on. */
export const deadlinesPerPulseMax = 2_000;
/** Messages that one dequeue ends on its way because their time is over. */
export const endedPerDequeueMax = 2_000;
/** Purged messages that one operation or pulse frees, and rewound ones whose timer it removes. */
export const ghostsPerOperationMax = 2_000;
/** Records that one pulse looks at for bytes that keep a slab alone, and bytes that it moves. */
export const recordsPerSlabMovesMax = 32_768;
export const slabMoveBytesMax = 512 * 1024;
/** Slabs that may be held for nothing before pulses move anything. */
export const slabsToSpareMax = 8;
/** Records of each window (dedup, idempotency, replays) that one pulse forgets: about 4 ms. */
export const windowRecordsPerPulseMax = 8_192;
/** How late a window may be before it alone makes a pulse due, in microseconds: pulses then forget
 * records by the hundred, not one by one. */
export const windowSlackMicros = 250_000;
/** The most that the lease clock advances from one op to the next, in microseconds: 3 s. */
export const leaseClockStepMicrosMax = 3_000_000;
/** Longest time between pulses while leases run or timers are set, in microseconds: 1 s. */
export const pulseIntervalMicros = 1_000_000;
/** Ready messages looked at, a priority, for the age of the oldest one. */
export const oldestReadyScanMax = 64;
