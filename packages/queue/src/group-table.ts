import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { groupField, groupRecordBytes, holdBytes } from "./group-record.ts";
import { KeyIndex } from "./key-index.ts";
import { linkField } from "./message-links.ts";
import { messageField } from "./message-record.ts";
import type { PageClaims } from "./page-claims.ts";
import type { PageStore } from "./page-store.ts";
import { RecordTable } from "./record-table.ts";
import { SparseFields } from "./sparse-fields.ts";

/**
 * Groups and the order of their messages: a list in the order in which they first became ready. A
 * group exists while a message names it.
 */
export class GroupTable {
  readonly records: RecordTable;
  /** Of groups that dead letters hold up: `holdField`. */
  readonly held: SparseFields;
  private readonly messages: RecordTable;
  private readonly links: SparseFields;
  private readonly index: KeyIndex;

  constructor(store: PageStore, messages: RecordTable, links: SparseFields) {
    this.records = new RecordTable(store, groupRecordBytes);
    this.held = new SparseFields(store, holdBytes);
    this.index = new KeyIndex(this.records, groupField);
    this.messages = messages;
    this.links = links;
  }

  /** The group of this hash in this queue, or 0. */
  find(queue: number, key: Uint8Array): number {
    return this.index.find(queue, key);
  }

  /** Makes a group that is not there, without members. `number` is its place in its queue. */
  create(queue: number, key: Uint8Array, number: number, era: number): number {
    const group = this.records.allocate();
    this.records.setBytes(group, groupField.key, key);
    this.records.setU32(group, groupField.queue, queue);
    this.records.setU48(group, groupField.number, number);
    this.records.setU32(group, groupField.era, era);
    this.index.add(group);
    return group;
  }

  /** Makes a message, whose seq is above those of all members, a member. */
  join(group: number, message: number): void {
    const { links, records } = this;
    const last = records.u32(group, groupField.lastMember);
    if (last === 0) records.setU32(group, groupField.firstMember, message);
    else links.setU32(last, linkField.nextMember, message);
    links.setU32(message, linkField.previousMember, last);
    records.setU32(group, groupField.lastMember, message);
  }

  /** Takes a member away that is in no order; whether it was the last, and took the group with it. */
  leave(group: number, message: number): boolean {
    const { links, records } = this;
    const next = links.u32(message, linkField.nextMember);
    const previous = links.u32(message, linkField.previousMember);
    if (previous === 0) records.setU32(group, groupField.firstMember, next);
    else links.setU32(previous, linkField.nextMember, next);
    if (next === 0) records.setU32(group, groupField.lastMember, previous);
    else links.setU32(next, linkField.previousMember, previous);
    links.setU32(message, linkField.nextMember, 0);
    links.setU32(message, linkField.previousMember, 0);
    if (next !== 0 || previous !== 0) return false;
    this.index.remove(group);
    this.held.clear(group);
    records.free(group);
    return true;
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    this.records.write(writer);
    this.held.write(writer);
  }

  /** Makes an empty table the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.records.restore(reader, claims, this.index);
    this.held.restore(reader, claims);
  }

  /** Adds to one of the group's counters that have four bytes. */
  count(group: number, field: number, step: number): void {
    this.records.setU32(group, field, this.records.u32(group, field) + step);
  }

  /** The same of those that have one byte. */
  countFew(group: number, field: number, step: number): void {
    this.records.setU8(group, field, this.records.u8(group, field) + step);
  }

  /** The same of those that are beside the record. */
  countHeld(group: number, field: number, step: number): void {
    this.held.setU32(group, field, this.held.u32(group, field) + step);
  }

  head(group: number): number {
    return this.records.u32(group, groupField.head);
  }

  /** Puts a message at the tail of its group's order. */
  append(group: number, message: number): void {
    this.insert(group, message, this.records.u32(group, groupField.tail));
  }

  /** Puts a message into its group's order behind the one before it; 0: at the head. */
  insert(group: number, message: number, before: number): void {
    const { messages, records } = this;
    const after = before === 0 ? this.head(group) : messages.u32(before, messageField.next);
    messages.setU32(message, messageField.previous, before);
    messages.setU32(message, messageField.next, after);
    if (before === 0) records.setU32(group, groupField.head, message);
    else messages.setU32(before, messageField.next, message);
    if (after === 0) records.setU32(group, groupField.tail, message);
    else messages.setU32(after, messageField.previous, message);
  }

  /** Ends the order with this message, which is in it; what was behind it is in no order. 0: empty. */
  cutBehind(group: number, message: number): void {
    if (message === 0) this.records.setU32(group, groupField.head, 0);
    else this.messages.setU32(message, messageField.next, 0);
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
