import { type ByteReader, type ByteWriter, DecodeError, hexEncode } from "@quorate/prelude";
import { revocationsMax } from "./limits.ts";
import { readRevocation, type Revocation, writeRevocation } from "./revocation.ts";

/**
 * The revocations in the order in which they were made, which is also that of their ends. Few and
 * short: they lie beside the pages, not in them.
 */
export class Revocations {
  private readonly byKey = new Map<string, Revocation>();
  private last = 0;

  get count(): number {
    return this.byKey.size;
  }

  find(key: Uint8Array): Revocation | undefined {
    return this.byKey.get(hexEncode(key));
  }

  /** Makes it the newest; one of the same key is replaced. */
  put(made: Omit<Revocation, "number">): Revocation {
    const text = hexEncode(made.key);
    this.last += 1;
    const revocation = { ...made, number: this.last };
    this.byKey.delete(text);
    this.byKey.set(text, revocation);
    return revocation;
  }

  /** Those with a greater number, oldest first, at most `limit`; and whether there are more. */
  after(number: number, limit: number): readonly [readonly Revocation[], boolean] {
    const newer = [...this.byKey.values()].filter((each) => each.number > number);
    return [newer.slice(0, limit), newer.length > limit];
  }

  /** Whether the oldest has come to its end. */
  isDue(timeMs: number): boolean {
    const [oldest] = this.byKey.values();
    return oldest !== undefined && oldest.keptUntilMs <= timeMs;
  }

  /** Forgets all that have come to their end. */
  expire(timeMs: number): void {
    for (const [text, { keptUntilMs }] of this.byKey) {
      if (keptUntilMs > timeMs) return;
      this.byKey.delete(text);
    }
  }

  write(writer: ByteWriter): void {
    writer.u64(this.last).u32(this.byKey.size);
    for (const revocation of this.byKey.values()) writeRevocation(writer, revocation);
  }

  /** Makes an empty table the one that was written. Throws DecodeError. */
  restore(reader: ByteReader): void {
    const last = reader.u64();
    const count = reader.count(revocationsMax);
    for (let index = 0; index < count; index++) {
      const revocation = readRevocation(reader);
      const text = hexEncode(revocation.key);
      if (revocation.number <= this.last) throw new DecodeError("order of revocations");
      if (this.byKey.has(text)) throw new DecodeError("a revocation twice");
      this.byKey.set(text, revocation);
      this.last = revocation.number;
    }
    if (last < this.last) throw new DecodeError("number of revocations");
    this.last = last;
  }
}
