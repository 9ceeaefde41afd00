/** Limits of answers; those that callers can read about are in the contract. */

const kib = 1024;
const mib = 1024 * kib;

/** Bytes of an answer with message bodies: 4 MiB of bodies and what goes with each. */
export const deliveryAnswerBytesMax = 5 * mib;

/** Bytes of a delivery beside its body: headers, labels, numbers. */
export const aroundBodyBytesMax = 16 * kib;

/**
 * Bytes of a message in an answer beside its body: headers, labels, its errors, its lease's
 * progress, principal and worker.
 */
export const aroundMessageBytesMax = 48 * kib;

/** Bytes of a message in an answer to who may not peek: labels, its lease's principal and worker. */
export const messageLabelsBytesMax = 4 * kib;

/** Seconds over which rates are averaged. */
export const rateWindowSeconds = 60;
