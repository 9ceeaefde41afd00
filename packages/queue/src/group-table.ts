import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { KeyIndex } from "./key-index.ts";
import { groupField, groupRecordBytes, messageField } from "./message-record.ts";
import type { PageClaims } from "./page-claims.ts";
import type { PageStore } from "./page-store.ts";
import { RecordTable } from "./record-table.ts";

/**
 * Groups and the order of their messages: a list in the order in which they first became ready. A
 * group exists while a message names it.
 */
export class GroupTable {
  readonly records: RecordTable;
  private readonly messages: RecordTable;
  private readonly index: KeyIndex;

  constructor(store: PageStore, messages: RecordTable) {
    this.records = new RecordTable(store, groupRecordBytes);
    this.index = new KeyIndex(this.records, groupField);
    this.messages = messages;
  }

  /** The group of this hash in this queue, made if need be, with one more member. */
  join(queue: number, key: Uint8Array): number {
    let group = this.index.find(queue, key);
    if (group === 0) {
      group = this.records.allocate();
      this.records.setBytes(group, groupField.key, key);
      this.records.setU32(group, groupField.queue, queue);
      this.index.add(group);
    }
    this.count(group, groupField.members, 1);
    return group;
  }

  /** Takes a member away that is in no order; the last one takes the group with it. */
  leave(group: number): void {
    if (this.count(group, groupField.members, -1) > 0) return;
    this.index.remove(group);
    this.records.free(group);
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    this.records.write(writer);
  }

  /** Makes an empty table the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.records.restore(reader, claims, this.index);
  }

  /** Adds to one of the group's counters and returns it. */
  count(group: number, field: number, step: number): number {
    const value = this.records.u32(group, field) + step;
    this.records.setU32(group, field, value);
    return value;
  }

  head(group: number): number {
    return this.records.u32(group, groupField.head);
  }

  /** Puts a message at the tail of its group's order. */
  append(group: number, message: number): void {
    const tail = this.records.u32(group, groupField.tail);
    this.messages.setU32(message, messageField.next, 0);
    this.messages.setU32(message, messageField.previous, tail);
    if (tail === 0) this.records.setU32(group, groupField.head, message);
    else this.messages.setU32(tail, messageField.next, message);
    this.records.setU32(group, groupField.tail, message);
  }

  /** Takes a message out of its group's order. */
  unlink(group: number, message: number): void {
    const { messages, records } = this;
    const next = messages.u32(message, messageField.next);
    const previous = messages.u32(message, messageField.previous);
    if (previous === 0) records.setU32(group, groupField.head, next);
    else messages.setU32(previous, messageField.next, next);
    if (next === 0) records.setU32(group, groupField.tail, previous);
    else messages.setU32(next, messageField.previous, previous);
  }
}
