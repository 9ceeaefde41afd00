/** Words and values of requests, of which fuzzing makes requests that mean nothing. */

/** Names of fields, those of every object in JavaScript among them. */
export const fieldNames: readonly string[] = [
  ..."body bodyBase64 contentType groupId dedupId delayMs notBefore priority maxFailures".split(
    " ",
  ),
  ..."headers messages atomic max leaseMs dequeueId mode worker settlements leaseId".split(" "),
  ..."action error progress reason backoff maxMessages dedupMode constructor toString".split(" "),
];

/** Values that some field takes and others do not. */
export const oddLeaves: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  1e300,
  2 ** 53,
  "",
  "ack",
  "extend",
  "lease",
  "AAE=",
  "\u0000",
  "é",
  "2026-11-23T04:05:06Z",
  "x".repeat(200),
];
