import { type Sha256, utf8Encode } from "@quorate/prelude";

/**
 * What exactly is hashed. The gateway computes these once per call; replicas only compare. All are
 * the first 16 bytes of SHA-256 over a domain name and length-prefixed parts, so that no two
 * different inputs give the same bytes to hash.
 */

const domain = {
  dedupId: utf8Encode("quorate/1/dedup-id\0"),
  groupId: utf8Encode("quorate/1/group-id\0"),
  idempotencyKey: utf8Encode("quorate/1/idempotency-key\0"),
  dequeueId: utf8Encode("quorate/1/dequeue-id\0"),
  request: utf8Encode("quorate/1/request\0"),
  message: utf8Encode("quorate/1/message\0"),
  revocation: utf8Encode("quorate/1/revocation\0"),
  holder: utf8Encode("quorate/1/holder\0"),
};

/** Length of every key and fingerprint of this file, in bytes. */
export const hashBytes = 16;

/** Key of a `dedupId` (1 to 128 printable ASCII bytes). The scope is the queue it is used in. */
export function dedupIdHash(sha256: Sha256, dedupId: Uint8Array): Uint8Array {
  return hash(sha256, domain.dedupId, [dedupId]);
}

/** Key of a `groupId` (1 to 128 printable ASCII bytes) in its queue. */
export function groupIdHash(sha256: Sha256, groupId: Uint8Array): Uint8Array {
  return hash(sha256, domain.groupId, [groupId]);
}

/** Key of an Idempotency-Key: private to the principal (`iss` and `sub` as one string). */
export function idempotencyKeyHash(sha256: Sha256, principal: string, key: string): Uint8Array {
  return hash(sha256, domain.idempotencyKey, [utf8Encode(principal), utf8Encode(key)]);
}

/** Key of a `dequeueId`: private to the principal. */
export function dequeueIdHash(sha256: Sha256, principal: string, dequeueId: string): Uint8Array {
  return hash(sha256, domain.dequeueId, [utf8Encode(principal), utf8Encode(dequeueId)]);
}

/** What tokens have in common that are revoked together. */
export type RevocationSubject =
  | { readonly by: "jti"; readonly issuer: string; readonly jti: string }
  | { readonly by: "sub"; readonly issuer: string; readonly sub: string }
  | { readonly by: "issuer"; readonly issuer: string };

/** Key of a revocation: what kind it is, the issuer, and its token or subject. */
export function revocationKeyHash(sha256: Sha256, subject: RevocationSubject): Uint8Array {
  const parts = [subject.by, subject.issuer];
  if (subject.by === "jti") parts.push(subject.jti);
  if (subject.by === "sub") parts.push(subject.sub);
  return hash(sha256, domain.revocation, parts.map(utf8Encode));
}

/** Key of who holds a lease: the principal and the label of its worker. */
export function holderHash(sha256: Sha256, principal: string, worker: string | null): Uint8Array {
  const parts = worker === null ? [principal] : [principal, worker];
  return hash(sha256, domain.holder, parts.map(utf8Encode));
}

/** Fingerprint of a batch call: its request body as it came. */
export function requestFingerprint(sha256: Sha256, requestBody: Uint8Array): Uint8Array {
  return hash(sha256, domain.request, [requestBody]);
}

/** What a duplicate must have in common with the original (contract, "Body"). */
export interface FingerprintInput {
  readonly kind: "json" | "bytes";
  /** After the default was applied. */
  readonly contentType: Uint8Array;
  readonly groupId: Uint8Array | null;
  /** The instant, in milliseconds since 1970; null when only a delay or nothing was given. */
  readonly notBeforeMs: number | null;
  readonly body: Uint8Array;
}

/** Fingerprint of a message: kind, content type, group, notBefore and the body's bytes. */
export function messageFingerprint(sha256: Sha256, input: FingerprintInput): Uint8Array {
  const flags = new Uint8Array(10);
  const view = new DataView(flags.buffer);
  view.setUint8(0, input.kind === "json" ? 1 : 0);
  if (input.notBeforeMs !== null) {
    view.setUint8(1, 1);
    view.setFloat64(2, input.notBeforeMs, true);
  }
  const groupId = input.groupId ?? new Uint8Array(0);
  return hash(sha256, domain.message, [flags, input.contentType, groupId, input.body]);
}

function hash(sha256: Sha256, name: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const lengths = new Uint8Array(4 * parts.length);
  const view = new DataView(lengths.buffer);
  parts.forEach((part, index) => view.setUint32(4 * index, part.length, true));
  return sha256(name, lengths, ...parts).slice(0, hashBytes);
}
