/**
 * Replication's own part of the replicated state, as the first leaves of a checkpoint: the time of
 * the newest op, the members' incarnations (rule A6) and the client table (VRR §5.1: a checkpoint
 * without it would execute twice).
 */
import { ByteReader, ByteWriter, DecodeError, stateLeafBytesMax } from "@quorate/prelude";
import {
  asRequestNumber,
  asTimestampMicros,
  bytes,
  type Coded,
  digestCodec,
  fixed,
  frameBytesMax,
  list,
  memberIncarnationCodec,
  membersMax,
  nullable,
  numberAs,
  opCodec,
  operationsPerRequestMax,
  record,
  sessionIdCodec,
  sessionsMax,
  u32,
  u64,
} from "@quorate/protocol";
import type { Session } from "./client-table.ts";

const headCodec = record({
  timestampMicros: numberAs(u64, asTimestampMicros),
  incarnations: list(memberIncarnationCodec, membersMax),
  sessionCount: u32,
});
type Head = Coded<typeof headCodec>;

const sessionCodec = record({
  id: sessionIdCodec,
  gateway: u32,
  nonce: fixed(16),
  number: numberAs(u64, asRequestNumber),
  /** Null before the first request. */
  digest: nullable(digestCodec),
  results: list(bytes(frameBytesMax), operationsPerRequestMax),
  lastOp: opCodec,
});

/** Replication's state after one op. */
export interface ReplicationState {
  /** The replicated time of that op. */
  readonly timestampMicros: Head["timestampMicros"];
  /** By member index. */
  readonly incarnations: Head["incarnations"];
  /** In the order of their ids. */
  readonly sessions: readonly Session[];
}

/**
 * The leaves of the state, one after the other, so that no step encodes more than a session and a
 * leaf. Sessions are copied when this is called, not when a leaf is taken.
 */
export function leavesOf({ sessions, ...head }: ReplicationState): Iterator<Uint8Array> {
  return cutIntoLeaves(
    { ...head, sessionCount: sessions.length },
    sessions.map((session) => ({ ...session })),
  );
}

function* cutIntoLeaves(head: Head, sessions: readonly Session[]): Generator<Uint8Array> {
  let rest = encodeHead(head);
  for (const session of sessions) {
    const writer = new ByteWriter();
    writer.raw(rest);
    const digest = session.digest.length === 0 ? null : session.digest;
    sessionCodec.encode(writer, { ...session, digest });
    rest = writer.finish();
    while (rest.length > stateLeafBytesMax) {
      yield rest.slice(0, stateLeafBytesMax);
      rest = rest.subarray(stateLeafBytesMax);
    }
  }
  yield rest.slice();
}

function encodeHead(head: Head): Uint8Array {
  const writer = new ByteWriter();
  headCodec.encode(writer, head);
  return writer.finish();
}

/** Reads the state from the bytes of all its leaves. Throws DecodeError. */
export function decodeReplicationState(stateBytes: Uint8Array): ReplicationState {
  const reader = new ByteReader(stateBytes);
  const { sessionCount, ...head } = headCodec.decode(reader);
  if (sessionCount > sessionsMax) throw new DecodeError("number of sessions");
  const sessions: Session[] = [];
  for (let index = 0; index < sessionCount; index++) {
    const { digest, ...session } = sessionCodec.decode(reader);
    const results = session.results.map((result) => result.slice());
    const nonce = session.nonce.slice();
    sessions.push({ ...session, nonce, results, digest: digest?.slice() ?? new Uint8Array(0) });
  }
  reader.end();
  return { ...head, sessions };
}
