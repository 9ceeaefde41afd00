/** Every maximum of the links, with its unit and its reason. */
import { frameBytesMax, gatewaysMax, membersMax } from "@quorate/protocol";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const gibibyte = 1024 * mebibyte;
const dayMs = 24 * 60 * 60 * 1000;

/** Bytes that a socket may send before its hello is verified: three times what an honest one needs. */
export const helloBytesMax = 4 * kibibyte;
/** Time from the TCP connection to a verified hello. */
export const helloMsMax = 2_000;
/**
 * Sockets without a verified hello. Beyond it the oldest of the address that has most makes room: an
 * honest hello takes milliseconds, so who lingers is more likely no peer.
 */
export const unauthenticatedSocketsMax = 64;
/**
 * Connections of one address in a second, and at once after a rest. Each costs at most one hello, so
 * this bounds what signatures, key agreements and handshakes strangers can ask for.
 */
export const connectionsPerSecondMax = 100;
export const connectionsAtOnceMax = 200;
/** The same for all addresses together from which no hello was ever verified. */
export const strangersPerSecondMax = 200;
export const strangersAtOnceMax = 400;
/** Addresses of strangers whose connections are counted one by one; the oldest is forgotten. */
export const strangerAddressesMax = 1_024;
/** Addresses of peers that are remembered: more than members and gateways can have. */
export const peerAddressesMax = 2 * (membersMax + gatewaysMax);
/** Bytes of one packet. */
export const packetBytesMax = frameBytesMax;
/** Bytes that may wait for one peer; beyond it, sends are dropped and senders repeat. */
export const backlogBytesMax = 8 * mebibyte;
/** Bytes of packets that share one frame: one seal is cheaper than many, until copying costs more. */
export const coalesceBytesMax = 64 * kibibyte;
/**
 * Time that a link may take of one turn of the event loop; then it is read no further until the
 * others, the timers and the disk have had theirs. So a peer that floods gets its share and no more.
 */
export const turnMsMax = 5;
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

/** Between two looks at the files of the certificates. */
export const certificateCheckMs = 10_000;
/** A chain and some authorities; what is larger is something else and is not read. */
export const certificateBytesMax = 256 * kibibyte;

/** After what a link takes new keys. AES-GCM would bear 2^32 frames of one key. */
export interface KeyLimits {
  readonly frames: number;
  readonly bytes: number;
  readonly ageMs: number;
}
export const keyLimits: KeyLimits = { frames: 2 ** 24, bytes: 64 * gibibyte, ageMs: dayMs };
/** Wear of its keys below which a link refuses new ones: each renewal costs two signatures. */
export const keyWearMin = 0.5;
