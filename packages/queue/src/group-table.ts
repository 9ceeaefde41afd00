import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { KeyIndex } from "./key-index.ts";
import { linkField, type MessageLinks } from "./message-links.ts";
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
  private readonly links: MessageLinks;
  private readonly index: KeyIndex;

  constructor(store: PageStore, messages: RecordTable, links: MessageLinks) {
    this.records = new RecordTable(store, groupRecordBytes);
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
    records.free(group);
    return true;
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
