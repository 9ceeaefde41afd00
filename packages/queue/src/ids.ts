/** A message's place in the log: the op that enqueued it, and its index among that op's messages. */
export interface MessageKey {
  readonly op: number;
  readonly index: number;
}

/** A lease: its fence (strictly increasing in the cluster) and the tag that nobody can guess. */
export interface LeaseKey {
  readonly fence: number;
  readonly tag: number;
}

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const digitsLength = 20;
const two32 = 0x1_0000_0000;
const values = new Map(alphabet.split("").map((digit, value) => [digit, value]));

/** `m_` and 20 base32 digits of op (64 bit) and index (32 bit): texts sort as the messages' ages. */
export function messageIdText(key: MessageKey): string {
  return `m_${digitsOf(key.op, key.index)}`;
}

/** The key behind a message id, or null when the text is none (or names an op of 2^53 or more). */
export function parseMessageId(text: string): MessageKey | null {
  const pair = parsePair(text, "m_");
  return pair === null ? null : { op: pair.high, index: pair.low };
}

/** `l_` and 20 base32 digits of fence (64 bit) and tag (32 bit). */
export function leaseIdText(key: LeaseKey): string {
  return `l_${digitsOf(key.fence, key.tag)}`;
}

/** The key behind a lease id, or null when the text is none: then no such lease was ever granted. */
export function parseLeaseId(text: string): LeaseKey | null {
  const pair = parsePair(text, "l_");
  return pair === null ? null : { fence: pair.high, tag: pair.low };
}

/** `t_` and 20 base32 digits: texts sort as the tasks' beginnings. */
export function taskIdText(number: number): string {
  return `t_${digitsOf(number, 0)}`;
}

/** The number behind a task id, or null when the text is none. */
export function parseTaskId(text: string): number | null {
  const pair = parsePair(text, "t_");
  return pair === null || pair.low !== 0 ? null : pair.high;
}

/** A lease that was never granted; settles as `lease-unknown`. Stands for ids that do not parse. */
export const leaseNever: LeaseKey = { fence: 0, tag: 0 };

// Three 32-bit words hold the 96 bits; each digit takes five of them, beginning at the last.
function digitsOf(high: number, low: number): string {
  let top = Math.floor(high / two32);
  let middle = (high % two32) >>> 0;
  let bottom = low >>> 0;
  let text = "";
  for (let digit = 0; digit < digitsLength; digit++) {
    text = alphabet.charAt(bottom & 31) + text;
    bottom = ((bottom >>> 5) | (middle << 27)) >>> 0;
    middle = ((middle >>> 5) | (top << 27)) >>> 0;
    top >>>= 5;
  }
  return text;
}

function parsePair(text: string, prefix: string): { high: number; low: number } | null {
  if (text.length !== prefix.length + digitsLength || !text.startsWith(prefix)) return null;
  let top = 0;
  let middle = 0;
  let bottom = 0;
  for (let at = prefix.length; at < text.length; at++) {
    const value = values.get(text.charAt(at));
    // The first digit holds the top bit of the op alone; 2^53 and more is never given out.
    if (value === undefined || top > 0xffff) return null;
    top = ((top << 5) | (middle >>> 27)) >>> 0;
    middle = ((middle << 5) | (bottom >>> 27)) >>> 0;
    bottom = ((bottom << 5) | value) >>> 0;
  }
  return top > 0x1f_ffff ? null : { high: top * two32 + middle, low: bottom };
}
