/**
 * What a public key must be before a configuration may name it: a good point, in nobody's use, and
 * held by whoever brings it.
 */
import { bytesEqual, ByteWriter, utf8Encode } from "@quorate/prelude";
import {
  type ClusterConfig,
  type Epoch,
  publicKeyBytes,
  type VerifySignature,
} from "@quorate/protocol";
import { judgePoint } from "./edwards25519.ts";
import { type KeyPurpose, keyPurposes } from "./key-file-format.ts";

/** Why a public key may not enter a configuration. */
export type KeyRefusal =
  | "wrong-length"
  | "not-canonical"
  | "not-on-curve"
  | "small-order"
  | "mixed-order";

/**
 * Why these bytes are no acceptable ed25519 public key, or null.
 *
 * node:crypto imports bytes that are no curve point and verifies under keys of small order, where
 * one signature fits many messages; so every key is judged here before a configuration names it.
 * Takes about 3 ms.
 */
export function reasonAgainstPublicKey(publicKey: Uint8Array): KeyRefusal | null {
  if (publicKey.length !== publicKeyBytes) return "wrong-length";
  const verdict = judgePoint(publicKey);
  return verdict === "prime-order" ? null : verdict;
}

/**
 * What is wrong with a key of a configuration, in a sentence, or null. Whether a key is used twice
 * in it is `reasonAgainstConfig`'s question.
 */
export function reasonAgainstConfigKeys(config: ClusterConfig): string | null {
  for (const { id, publicKey } of [...config.members, ...config.gateways, ...config.operators]) {
    const reason = reasonAgainstPublicKey(publicKey);
    if (reason !== null) return `the public key of ${id} is refused: ${reason}`;
  }
  return null;
}

/** A key that asks to be named: for whom, for what, and from which epoch on. */
export interface KeyRegistration {
  readonly clusterId: Uint8Array;
  /** The epoch whose configuration is to name the key. */
  readonly epoch: Epoch;
  readonly purpose: KeyPurpose;
  /** The member, gateway or operator that is to hold it. */
  readonly holderId: string;
  readonly publicKey: Uint8Array;
}

/** Why a registration is refused. */
export type RegistrationRefusal =
  | KeyRefusal
  /** The cluster has named the key before, now or in an older epoch. */
  | "already-used"
  /** The registration is not signed with the private half of its key. */
  | "no-proof";

/** No statement and no token can begin so: the NUL is in no token, the letters in no statement. */
const registrationDomain = utf8Encode("quorate/1/key-registration\0");

/**
 * The bytes that a new key signs to prove that its holder has the private half. They name cluster,
 * epoch, purpose and holder, so that a proof is worth nothing anywhere else.
 */
export function keyRegistrationBytes(registration: KeyRegistration): Uint8Array {
  const { clusterId, epoch, purpose, holderId, publicKey } = registration;
  return new ByteWriter()
    .raw(registrationDomain)
    .raw(clusterId)
    .u64(epoch)
    .u8(keyPurposes.indexOf(purpose))
    .string(holderId)
    .bytes(publicKey)
    .finish();
}

/**
 * Why a key may not be named as its registration asks, or null. `used` are all keys that the
 * cluster has ever named, for any purpose; `proof` is the new key's signature.
 */
export function reasonAgainstRegistration(
  registration: KeyRegistration,
  proof: Uint8Array,
  { used, verify }: { readonly used: readonly Uint8Array[]; readonly verify: VerifySignature },
): RegistrationRefusal | null {
  const { publicKey } = registration;
  if (used.some((known) => bytesEqual(known, publicKey))) return "already-used";
  const reason = reasonAgainstPublicKey(publicKey);
  if (reason !== null) return reason;
  return verify(publicKey, keyRegistrationBytes(registration), proof) ? null : "no-proof";
}
