import { publicKeyBytes } from "@quorate/protocol";
import { judgePoint } from "./edwards25519.ts";

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
 * Whether the key is used twice is `reasonAgainstConfig`'s question; whether its holder has the
 * private half is shown by the hello. Takes about 3 ms.
 */
export function reasonAgainstPublicKey(publicKey: Uint8Array): KeyRefusal | null {
  if (publicKey.length !== publicKeyBytes) return "wrong-length";
  const verdict = judgePoint(publicKey);
  return verdict === "prime-order" ? null : verdict;
}
