import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { type DeadReason, deadReasons } from "./message-record.ts";
import type { RecordTable } from "./record-table.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { SeqMap } from "./seq-map.ts";

/**
 * The dead letters of a queue in the order of their deaths, by the numbers of those; for each reason
 * the set of its numbers, so that they are counted 32 at a time.
 */
export class Deaths {
  private readonly blocks: RecordTable;
  private messages: SeqMap;
  private readonly byReason: Record<DeadReason, SeqBitset>;

  /** `blocks` holds records of blockBytes. */
  constructor(blocks: RecordTable) {
    this.blocks = blocks;
    this.messages = new SeqMap(blocks);
    this.byReason = {
      "max-failures": new SeqBitset(blocks),
      "max-deliveries": new SeqBitset(blocks),
      rejected: new SeqBitset(blocks),
      expired: new SeqBitset(blocks),
    };
  }

  /** The message of this number, or 0. */
  get(number: number): number {
    return this.messages.get(number);
  }

  /** Adds a number, which must not be there. */
  add(number: number, message: number, reason: DeadReason): void {
    this.messages.set(number, message);
    this.byReason[reason].add(number);
  }

  /** Removes a number, which must be there with this reason. */
  delete(number: number, reason: DeadReason): void {
    this.messages.delete(number);
    this.byReason[reason].delete(number);
  }

  /** The lowest number that is not below `least`, of this reason or (null) any; or -1. */
  from(least: number, reason: DeadReason | null): number {
    let lowest = -1;
    for (const each of reasonsOf(reason)) {
      const number = this.byReason[each].from(least);
      if (number >= 0 && (lowest < 0 || number < lowest)) lowest = number;
    }
    return lowest;
  }

  /** How many have numbers from `first` up to before `end`, and this reason or (null) any. */
  countIn(first: number, end: number, reason: DeadReason | null): number {
    return reasonsOf(reason).reduce(
      (sum, each) => sum + this.byReason[each].countIn(first, end),
      0,
    );
  }

  /** The lowest number whose message is not `before` what is sought, or -1 (SeqMap.search). */
  search(before: (message: number) => boolean): number {
    return this.messages.search(before);
  }

  /** Takes all out at once. */
  takeAll(): SeqMap {
    const { messages } = this;
    this.messages = new SeqMap(this.blocks);
    for (const reason of deadReasons) this.byReason[reason].clear();
    return messages;
  }

  /** Everything but the blocks' content. */
  write(writer: ByteWriter): void {
    this.messages.write(writer);
    for (const reason of deadReasons) this.byReason[reason].write(writer);
  }

  /** Makes empty deaths those that were written; `blocks` is restored. Throws DecodeError. */
  restore(reader: ByteReader): void {
    this.messages.restore(reader);
    for (const reason of deadReasons) this.byReason[reason].restore(reader);
  }
}

function reasonsOf(reason: DeadReason | null): readonly DeadReason[] {
  return reason === null ? deadReasons : [reason];
}
