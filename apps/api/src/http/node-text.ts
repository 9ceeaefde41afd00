/** Texts and bytes by Buffer, which is what Node does fastest. */
import type { TextCodec } from "@quorate/rest";

/** See `TextCodec`. */
export const nodeText: TextCodec = {
  encode: (text) => Buffer.from(text),
  decode: (bytes, start, end) => bufferOf(bytes).toString("utf8", start, end),
  toBase64: (bytes) => bufferOf(bytes).toString("base64"),
  fromBase64: (text) => Buffer.from(text, "base64"),
};

/** The same bytes. Those of a request or of the cluster's answer mostly are a Buffer already. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
