/**
 * What replicas and gateways tell each other without a signature: the sealed link alone vouches.
 *
 * Notes are never forwarded and prove nothing to others. Their first byte differs from a
 * statement's.
 */
import { ByteReader, ByteWriter, DecodeError } from "@quorate/prelude";
import {
  bool,
  bytes,
  type Codec,
  type Coded,
  fixed,
  list,
  nullable,
  numberAs,
  oneOf,
  record,
  text,
  u16,
  u32,
  u64,
} from "./codec.ts";
import { epochCodec, opCodec, viewCodec } from "./entry.ts";
import {
  frameBytesMax,
  hintedQueuesMax,
  inFlightInStatusMax,
  membersMax,
  nameBytesMax,
  operationsPerRequestMax,
  questionBytesMax,
} from "./limits.ts";
import { asRequestNumber } from "./numbers.ts";
import { sessionIdCodec } from "./session-id.ts";

/** First byte of every note. */
export const noteMark = 0xfe;

const requestNumber = numberAs(u64, asRequestNumber);
const queueNames = list(text(nameBytesMax), hintedQueuesMax);

export const replicaStatuses = [
  "starting",
  "normal",
  "view-change",
  "recovering",
  "transferring",
] as const;
export type ReplicaStatus = (typeof replicaStatuses)[number];

export const notes = {
  /** VRR §4.1 step 5: the outcomes of a request's operations, in order. */
  reply: record({
    session: sessionIdCodec,
    number: requestNumber,
    epoch: epochCodec,
    view: viewCodec,
    op: opCodec,
    results: list(bytes(frameBytesMax), operationsPerRequestMax),
  }),
  /** A session's registration has been executed. */
  registered: record({ nonce: fixed(16), session: sessionIdCodec }),
  /** The session is gone; its last request may or may not have been executed (rule A4). */
  evicted: record({ session: sessionIdCodec }),
  /** The request was not taken: this replica is not the acting primary of the view. */
  notPrimary: record({ view: viewCodec }),
  /** The request was not taken and will not be: the primary's queue is full. */
  overloaded: record({ session: sessionIdCodec, number: requestNumber }),
  readRequest: record({
    readId: u64,
    consistency: oneOf(["linearizable", "stale"]),
    question: bytes(questionBytesMax),
  }),
  /** Null when this replica cannot answer: not the acting primary, or no quorum confirmed. */
  readReply: record({
    readId: u64,
    epoch: epochCodec,
    view: viewCodec,
    op: opCodec,
    answer: nullable(bytes(frameBytesMax)),
  }),
  /** A hint, never state: these queues have something to deliver. */
  ready: record({ queues: queueNames }),
  /** What a replica knows of itself and, as primary, of the others. Sent several times a second. */
  status: record({
    status: oneOf(replicaStatuses),
    epoch: epochCodec,
    view: viewCodec,
    head: opCodec,
    commit: opCodec,
    isActingPrimary: bool,
    version: text(nameBytesMax),
    fsyncMicrosP99: nullable(u32),
    statementRejects: u64,
    /** As primary: for each member, milliseconds since its last acknowledgement in this view. */
    acknowledgedAgoMs: list(nullable(u32), membersMax),
    /** As primary: for each member, its newest op on disk as far as is known here and now. */
    storedOps: list(opCodec, membersMax),
    /** As primary: ops above commit, oldest first, with the members that acknowledged each. */
    inFlight: list(record({ op: opCodec, acks: list(u16, membersMax) }), inFlightInStatusMax),
  }),
} as const;

export type NoteName = keyof typeof notes;
export type NoteOf<N extends NoteName> = { readonly note: N } & Coded<(typeof notes)[N]>;
export type Note = { [N in NoteName]: NoteOf<N> }[NoteName];

const noteNames = Object.keys(notes) as readonly NoteName[];

export function encodeNote(note: Note): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(noteMark).u8(noteNames.indexOf(note.note));
  const codec: Codec<unknown> = notes[note.note];
  codec.encode(writer, note);
  return writer.finish();
}

/** Throws DecodeError. */
export function decodeNote(packet: Uint8Array): Note {
  const reader = new ByteReader(packet);
  if (reader.u8() !== noteMark) throw new DecodeError("not a note");
  const name = noteNames[reader.u8()];
  if (name === undefined) throw new DecodeError("unknown note");
  const codec: Codec<unknown> = notes[name];
  const fields = codec.decode(reader) as object;
  reader.end();
  return { note: name, ...fields } as Note;
}
