import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { hashBytes } from "./fingerprint.ts";
import { optional, readOptional } from "./wire.ts";

/** Tokens that are refused though they are signed well and not yet over. */
export interface Revocation {
  /** revocationKeyHash of what the tokens have in common. */
  readonly key: Uint8Array;
  /** Tokens issued until then are refused, in milliseconds since 1970; null: whenever issued. */
  readonly issuedUntilMs: number | null;
  /** Until when it is remembered; no token that it is about lives longer. */
  readonly keptUntilMs: number;
  /** Counts revocations from 1, so that who has heard of the first n asks for the others. */
  readonly number: number;
}

/** The one spelling of a revocation. */
export function writeRevocation(writer: ByteWriter, revocation: Revocation): void {
  writer.raw(revocation.key);
  optional(writer, revocation.issuedUntilMs, (issuedUntilMs) => writer.u64(issuedUntilMs));
  writer.u64(revocation.keptUntilMs).u64(revocation.number);
}

/** Reads what writeRevocation wrote. Throws DecodeError. */
export function readRevocation(reader: ByteReader): Revocation {
  return {
    key: reader.raw(hashBytes).slice(),
    issuedUntilMs: readOptional(reader, () => reader.u64()),
    keptUntilMs: reader.u64(),
    number: reader.u64(),
  };
}
