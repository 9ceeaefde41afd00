const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal of the bytes. */
export function hexEncode(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at++) text += pairs[bytes[at] ?? 0] ?? "";
  return text;
}

/** The bytes of lower-case hexadecimal text, or null when it is anything else. */
export function hexDecode(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}
