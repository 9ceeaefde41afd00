/** What happened, in order: lines for a person, and a digest that says whether two runs differ. */

/** FNV-1a over 32-bit words, twice with different offsets: 64 bits are enough to compare. */
const prime = 0x01000193;

export class Trace {
  // Signed words are small integers to V8; others it would keep as objects.
  private first = 0x811c9dc5 | 0;
  private second = 0x9e3779b9 | 0;
  private readonly print: ((line: string) => void) | null;

  constructor(print: ((line: string) => void) | null) {
    this.print = print;
  }

  get digest(): string {
    const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, "0");
    return `${hex(this.first)}${hex(this.second)}`;
  }

  /** Whether anybody reads the lines: without a reader none needs to be made. */
  get isRead(): boolean {
    return this.print !== null;
  }

  /** Takes a safe integer into the digest. */
  count(value: number): void {
    this.word(value | 0);
    this.word(Math.floor(value / 0x1_0000_0000));
  }

  /** A rare event: a line, and all of it in the digest. */
  event(atMicros: number, who: string, what: string, detail: string): void {
    this.count(atMicros);
    for (const part of [who, what, detail]) {
      for (let at = 0; at < part.length; at++) this.word(part.charCodeAt(at));
    }
    this.line(atMicros, who, what, detail);
  }

  /** A line whose facts are in the digest already. */
  line(atMicros: number, who: string, what: string, detail: string): void {
    if (this.print === null) return;
    const time = (atMicros / 1_000_000).toFixed(6).padStart(11);
    this.print(`${time}  ${who.padEnd(8)} ${what.padEnd(12)} ${detail}`);
  }

  private word(word: number): void {
    this.first = Math.imul(this.first ^ word, prime);
    this.second = (Math.imul(this.second ^ word, prime) + 1) | 0;
  }
}
