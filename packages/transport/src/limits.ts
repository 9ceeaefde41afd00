/** Every maximum of the links, with its unit and its reason. */
import { frameBytesMax } from "@quorate/protocol";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const gibibyte = 1024 * mebibyte;
const dayMs = 24 * 60 * 60 * 1000;

/** Bytes that a socket may send before its hello is verified: three times what an honest one needs. */
export const helloBytesMax = 4 * kibibyte;
/** Time from the TCP connection to a verified hello. */
export const helloMsMax = 2_000;
/** Sockets without a verified hello; beyond it, new ones are refused and linked ones unharmed. */
export const unauthenticatedSocketsMax = 16;
/** Bytes of one packet. */
export const packetBytesMax = frameBytesMax;
/** Bytes that may wait for one peer; beyond it, sends are dropped and senders repeat. */
export const backlogBytesMax = 8 * mebibyte;
/** Bytes of packets that share one frame: one seal is cheaper than many, until copying costs more. */
export const coalesceBytesMax = 64 * kibibyte;
/** Half-open connections are found after the sum of both at the latest. */
export const pingIntervalMs = 2_000;
export const pingTimeoutMs = 2_000;
/**
 * First wait before dialing again; it doubles up to the longest, which is short: a member that is
 * back must be linked to all others before the next one may fail.
 */
export const redialMsMin = 50;
export const redialMsMax = 250;
/** A link that lived so long was a good one: the next wait is the shortest again. */
export const stableLinkMs = 1_000;
/** Time for a new hello inside a link; it waits behind a full backlog. */
export const rekeyMsMax = 10_000;

/** After what a link takes new keys. AES-GCM would bear 2^32 frames of one key. */
export interface KeyLimits {
  readonly frames: number;
  readonly bytes: number;
  readonly ageMs: number;
}
export const keyLimits: KeyLimits = { frames: 2 ** 24, bytes: 64 * gibibyte, ageMs: dayMs };
