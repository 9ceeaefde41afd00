import { type ByteReader, type ByteWriter, unreachable } from "@quorate/prelude";
import { hashBytes } from "./fingerprint.ts";
import {
  type GroupView,
  type GroupViewState,
  groupViewStates,
  readGroupView,
  writeGroupView,
} from "./group-view.ts";
import type { MessageKey } from "./ids.ts";
import { listEntriesMax } from "./limits.ts";
import {
  type MessageView,
  type MessageViewState,
  messageViewStates,
  readMessageView,
  writeMessageView,
} from "./message-view.ts";
import { readQueueName } from "./queue-name.ts";
import { optional, readChoice, readOptional, readRange } from "./wire.ts";

/** `GET /queues/{q}/messages`. Filters are ANDed; null is none. */
export interface ListMessages {
  readonly type: "list-messages";
  readonly queue: string;
  readonly state: MessageViewState | null;
  /** groupIdHash. */
  readonly groupHash: Uint8Array | null;
  /** dedupIdHash: finds through the dedup record, so only while that exists. */
  readonly dedupHash: Uint8Array | null;
  /** Behind which seq to go on; null from the beginning. */
  readonly after: ListingPlace | null;
  /** 1 to 100. */
  readonly limit: number;
  /** Whether to show what messages carry, too. */
  readonly withContent: boolean;
}

/** `GET /queues/{q}/messages/{id}`. */
export interface GetMessage {
  readonly type: "get-message";
  readonly queue: string;
  readonly message: MessageKey;
  readonly withContent: boolean;
}

/** `GET /queues/{q}/groups`. */
export interface ListGroups {
  readonly type: "list-groups";
  readonly queue: string;
  /** Null: all. */
  readonly state: GroupViewState | null;
  /** Behind which number to go on; null from the beginning. */
  readonly after: ListingPlace | null;
  /** 1 to 100. */
  readonly limit: number;
}

/** A place in a listing: behind the number, in this incarnation of the queue. */
export interface ListingPlace {
  readonly incarnation: number;
  readonly number: number;
}

/** A part of a listing, which may be shorter than was asked for although more follows. */
export interface Listing<Entry> {
  readonly entries: readonly Entry[];
  /** Where to go on; null at the end. */
  readonly next: ListingPlace | null;
}

/** A question about what is in a queue. */
export type BrowseQuestion = ListMessages | GetMessage | ListGroups;

/** Null: no such queue, or no such message. */
export type BrowseAnswer =
  | { readonly type: "messages"; readonly listing: Listing<MessageView> | null }
  | { readonly type: "message"; readonly finds: MessageFinding }
  | { readonly type: "groups"; readonly listing: Listing<GroupView> | null };

export type MessageFinding = MessageView | "queue-not-found" | "message-not-found";

/** Writes what follows the question's type. */
export function writeBrowseQuestion(writer: ByteWriter, question: BrowseQuestion): void {
  writer.string(question.queue);
  switch (question.type) {
    case "list-messages":
      optional(writer, question.state, (state) => writer.u8(messageViewStates.indexOf(state)));
      optional(writer, question.groupHash, (hash) => writer.raw(hash));
      optional(writer, question.dedupHash, (hash) => writer.raw(hash));
      writePlace(writer, question.after);
      writer.u8(question.limit).bool(question.withContent);
      break;
    case "get-message":
      writer.u64(question.message.op).u32(question.message.index).bool(question.withContent);
      break;
    case "list-groups":
      optional(writer, question.state, (state) => writer.u8(groupViewStates.indexOf(state)));
      writePlace(writer, question.after);
      writer.u8(question.limit);
      break;
    default:
      unreachable(question);
  }
}

/** Reads what writeBrowseQuestion wrote. Throws DecodeError. */
export function readBrowseQuestion(
  reader: ByteReader,
  type: BrowseQuestion["type"],
): BrowseQuestion {
  const queue = readQueueName(reader);
  switch (type) {
    case "list-messages":
      return {
        type,
        queue,
        state: readOptional(reader, () => readChoice(reader, messageViewStates)),
        groupHash: readOptional(reader, () => reader.raw(hashBytes)),
        dedupHash: readOptional(reader, () => reader.raw(hashBytes)),
        after: readPlace(reader),
        limit: readRange(reader.u8(), 1, listEntriesMax),
        withContent: reader.bool(),
      };
    case "get-message": {
      const message = { op: reader.u64(), index: reader.u32() };
      return { type, queue, message, withContent: reader.bool() };
    }
    case "list-groups": {
      const state = readOptional(reader, () => readChoice(reader, groupViewStates));
      const after = readPlace(reader);
      return { type, queue, state, after, limit: readRange(reader.u8(), 1, listEntriesMax) };
    }
    default:
      return unreachable(type);
  }
}

/** Writes what follows the answer's type. */
export function writeBrowseAnswer(writer: ByteWriter, answer: BrowseAnswer): void {
  switch (answer.type) {
    case "messages":
      optional(writer, answer.listing, (listing) => {
        writeListing(writer, listing, (view) => writeMessageView(writer, view));
      });
      break;
    case "message":
      if (typeof answer.finds === "string") writer.u8(missing.indexOf(answer.finds));
      else writeMessageView(writer.u8(missing.length), answer.finds);
      break;
    case "groups":
      optional(writer, answer.listing, (listing) => {
        writeListing(writer, listing, (view) => writeGroupView(writer, view));
      });
      break;
    default:
      unreachable(answer);
  }
}

/** Reads what writeBrowseAnswer wrote. Throws DecodeError. */
export function readBrowseAnswer(reader: ByteReader, type: BrowseAnswer["type"]): BrowseAnswer {
  switch (type) {
    case "messages":
      return { type, listing: readOptional(reader, () => readListing(reader, readMessageView)) };
    case "message": {
      const which = readRange(reader.u8(), 0, missing.length);
      return { type, finds: missing[which] ?? readMessageView(reader) };
    }
    case "groups":
      return { type, listing: readOptional(reader, () => readListing(reader, readGroupView)) };
    default:
      return unreachable(type);
  }
}

const missing = ["queue-not-found", "message-not-found"] as const;

function writeListing<Entry>(
  writer: ByteWriter,
  listing: Listing<Entry>,
  write: (entry: Entry) => void,
): void {
  writer.u8(listing.entries.length);
  for (const entry of listing.entries) write(entry);
  writePlace(writer, listing.next);
}

function readListing<Entry>(
  reader: ByteReader,
  read: (reader: ByteReader) => Entry,
): Listing<Entry> {
  const count = readRange(reader.u8(), 0, listEntriesMax);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index++) entries.push(read(reader));
  return { entries, next: readPlace(reader) };
}

// A place, or that there is none.
function writePlace(writer: ByteWriter, place: ListingPlace | null): void {
  optional(writer, place, ({ incarnation, number }) => writer.u32(incarnation).u64(number));
}

function readPlace(reader: ByteReader): ListingPlace | null {
  return readOptional(reader, () => ({ incarnation: reader.u32(), number: reader.u64() }));
}
