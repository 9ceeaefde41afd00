/**
 * CRC-32 as zlib and Ethernet have it (IEEE 802.3, reflected, polynomial 0x04c11db7), an unsigned
 * 32-bit number. `from` continues the checksum of the bytes before.
 *
 * It finds every burst of up to 32 wrong bits. It guards against a disk that forgets, not against
 * an author: what an entry is, is decided by SHA-256.
 */
export type Crc32 = (bytes: Uint8Array, from?: number) => number;

const table = new Uint32Array(256).map((_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  }
  return remainder;
});

/** Crc32 without the platform. A host with zlib hands in zlib's, which is fifty times as fast. */
export const crc32: Crc32 = (bytes, from = 0) => {
  let remainder = ~from;
  for (const byte of bytes) {
    remainder = (table[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8);
  }
  return ~remainder >>> 0;
};
