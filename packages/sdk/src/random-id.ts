/** Ids that nobody else makes: keys of calls and of dequeues. */

/** 128 random bits in 32 hexadecimal digits. `randomUUID` is missing where a page came over http. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
