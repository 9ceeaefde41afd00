/** The messages of the queue `orders`, whose bodies are the ids by which they are accounted for. */
import { nodeCrypto } from "@quorate/identity";
import { utf8Encode } from "@quorate/prelude";
import { dedupIdHash, encodeHeaders, messageFingerprint, type NewMessage } from "@quorate/queue";

/** The queue of producers and consumers. */
export const ordersQueue = "orders";

/** A message that is stored once, however often it is sent. */
export function orderMessage(id: string): NewMessage {
  const { sha256 } = nodeCrypto;
  const body = utf8Encode(id);
  const contentType = utf8Encode("text/plain");
  const fingerprint = messageFingerprint(sha256, {
    kind: "bytes",
    contentType,
    groupId: null,
    notBeforeMs: null,
    body,
  });
  return {
    kind: "bytes",
    body,
    contentType,
    group: null,
    dedup: { id: body, hash: dedupIdHash(sha256, body), fingerprint },
    headers: encodeHeaders([]),
    priority: 4,
    delayMs: null,
    notBeforeMs: null,
    maxFailures: 1_000,
    ttlMs: null,
  };
}
