/** Texts and bytes by what both Node 20 and browsers have. */
import type { TextCodec } from "@quorate/rest";
import { base64Of, bytesOfBase64 } from "../base64.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** See `TextCodec`. */
export const webText: TextCodec = {
  encode: (text) => encoder.encode(text),
  decode: (bytes, start, end) => decoder.decode(bytes.subarray(start, end)),
  toBase64: base64Of,
  fromBase64: bytesOfBase64,
};
