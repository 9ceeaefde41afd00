import { DecodeError } from "@quorate/prelude";
import { decodeOperation, type Operation } from "@quorate/queue";

/** What somebody asked for; null when the bytes are no operation, as no honest client sends them. */
export function askedOperation(bytes: Uint8Array): Operation | null {
  try {
    return decodeOperation(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
