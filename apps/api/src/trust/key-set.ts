/**
 * The public keys of one issuer, as fresh as its source allows.
 *
 * They are read again when they are old, or when a token names one that is not known; at most once
 * in 30 s. While the source cannot be read the last good set stays in force, for a day.
 */
import { ApiError } from "@quorate/contract";
import type { JWK } from "jose";
import {
  keySetFreshMsMax,
  keySetLastGoodMsMax,
  keySetOldMsMax,
  keySetRereadMsMin,
} from "../limits.ts";
import { readJwks, type Reading, type VerifyKey } from "./jwks.ts";
import type { KeySource } from "./key-source.ts";

/** The keys of one issuer by their ids. */
export interface KeySet {
  /** The public keys as they are published; empty when none is known. */
  published(): readonly JWK[];
  /**
   * The key of this id; at once when the keys are fresh enough. Throws or rejects `starting` when
   * no keys are known, or those that are known are too old.
   */
  find(keyId: string): Promise<VerifyKey | null> | VerifyKey | null;
  /** Whether the key of this id is still this one, as far as is known; old keys are read again. */
  holds(keyId: string, key: VerifyKey): boolean;
  /** Reads the source now. Rejects when it has no good set; the last good one stays in force. */
  read(): Promise<void>;
}

/** What a key set needs. */
export interface KeySetParts {
  readonly source: KeySource;
  readonly reading: Reading;
  /** Ms since 1970. */
  readonly nowMs: () => number;
  /** Called when the source was read because that was due, and had no good set. */
  readonly onFailure: (error: unknown) => void;
}

/** A key set that knows no key until it is read, or asked. */
export function createKeySet({ source, reading, nowMs, onFailure }: KeySetParts): KeySet {
  let keys: ReadonlyMap<string, VerifyKey> | null = null;
  let goodAtMs = -Infinity;
  let triedAtMs = -Infinity;
  let reread: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    triedAtMs = nowMs();
    keys = unchangedKept(await readJwks(await source(), reading), keys);
    goodAtMs = nowMs();
  };
  const readWhenDue = (): Promise<void> | null => {
    if (reread === null && nowMs() - triedAtMs >= keySetRereadMsMin) {
      reread = read()
        .catch(onFailure)
        .finally(() => {
          reread = null;
        });
    }
    return reread;
  };
  const lastGood = (keyId: string): VerifyKey | null => {
    if (keys !== null && nowMs() - goodAtMs <= keySetLastGoodMsMax) return keys.get(keyId) ?? null;
    throw new ApiError("starting", {
      detail: "The keys of the token's issuer cannot be had.",
      retryAfterMs: keySetRereadMsMin,
    });
  };
  return {
    published: () => [...(keys?.values() ?? [])].map(({ jwk }) => jwk),
    read,
    holds(keyId, key) {
      if (nowMs() - goodAtMs > keySetFreshMsMax) void readWhenDue();
      return keys?.get(keyId) === key;
    },
    find(keyId) {
      const ageMs = nowMs() - goodAtMs;
      const known = keys?.get(keyId);
      if (known !== undefined && ageMs <= keySetFreshMsMax) return known;
      const rereading = readWhenDue();
      // Nobody waits for keys that are only a little old.
      if (known !== undefined && ageMs <= keySetOldMsMax) return known;
      return rereading === null ? lastGood(keyId) : rereading.then(() => lastGood(keyId));
    },
  };
}

/** The new keys; one that is published as before stays the same object, and so do tokens' verdicts. */
function unchangedKept(
  keys: ReadonlyMap<string, VerifyKey>,
  before: ReadonlyMap<string, VerifyKey> | null,
): ReadonlyMap<string, VerifyKey> {
  return new Map(
    [...keys].map(([keyId, key]) => {
      const old = before?.get(keyId);
      const isSame = old !== undefined && JSON.stringify(old.jwk) === JSON.stringify(key.jwk);
      return [keyId, isSame ? old : key];
    }),
  );
}
