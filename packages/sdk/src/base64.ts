/** Bytes as base64 (RFC 4648 §4), by what both Node 20 and browsers have. */

/** Bytes that are given to `String.fromCharCode` at once: its arguments lie on the stack. */
const sliceBytes = 8192;

/** The padded text. */
export function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += sliceBytes) {
    text += String.fromCharCode(...bytes.subarray(start, start + sliceBytes));
  }
  return btoa(text);
}

/** The bytes of a padded text. Throws a DOMException when it is no base64. */
export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
