const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const values = new Map(Array.from(alphabet).map((digit, value) => [digit, value]));

/**
 * Lower-case Crockford base32 of a big-endian number given as bytes, most significant first,
 * left-padded with zero bits to a multiple of five: texts of equal length sort as the numbers do.
 */
export function base32Encode(bytes: Uint8Array): string {
  const digits = Math.ceil((bytes.length * 8) / 5);
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  let text = "";
  for (let digit = digits - 1; digit >= 0; digit--) {
    text += alphabet[Number((number >> BigInt(digit * 5)) & 31n)] as string;
  }
  return text;
}

/** The `length` bytes of base32Encode, or null when the text is not exactly their spelling. */
export function base32Decode(text: string, length: number): Uint8Array | null {
  if (text.length !== Math.ceil((length * 8) / 5)) return null;
  let number = 0n;
  for (const digit of text) {
    const value = values.get(digit);
    if (value === undefined) return null;
    number = (number << 5n) | BigInt(value);
  }
  if (number >> BigInt(length * 8) !== 0n) return null;
  const bytes = new Uint8Array(length);
  for (let index = length - 1; index >= 0; index--) {
    bytes[index] = Number(number & 0xffn);
    number >>= 8n;
  }
  return bytes;
}
