/** One line per event, fixed columns; its digest says whether two runs were the same. */

/** FNV-1a over UTF-16 code units, twice with different offsets: 64 bits are enough to compare. */
const prime = 0x01000193;

export class Trace {
  private first = 0x811c9dc5;
  private second = 0x9e3779b9;
  private lines = 0;
  private readonly print: ((line: string) => void) | null;

  constructor(print: ((line: string) => void) | null) {
    this.print = print;
  }

  get digest(): string {
    const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, "0");
    return `${hex(this.first)}${hex(this.second)}`;
  }

  get length(): number {
    return this.lines;
  }

  event(atMicros: number, who: string, what: string, detail: string): void {
    const time = (atMicros / 1_000_000).toFixed(6).padStart(11);
    const line = `${time}  ${who.padEnd(8)} ${what.padEnd(12)} ${detail}`;
    for (let at = 0; at < line.length; at++) {
      const unit = line.charCodeAt(at);
      this.first = Math.imul(this.first ^ unit, prime);
      this.second = Math.imul(this.second ^ unit, prime) + 1;
    }
    this.lines += 1;
    this.print?.(line);
  }
}
