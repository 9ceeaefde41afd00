/** Entries that chain, and DoViewChanges about them, for tests of pure functions. */
import { utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  asEpoch,
  asOp,
  asTimestampMicros,
  asView,
  digestEntryBody,
  encodeEntryBody,
  type Entry,
  type EntryItem,
  genesisHash,
  hashEntryHeader,
  type LogPosition,
  type MessageOf,
} from "@quorate/protocol";

export const testConfigDigest = sha256(utf8Encode("configuration"));
const genesis = genesisHash(testConfigDigest, sha256);

export interface EntryParts {
  readonly parent: LogPosition;
  readonly view: number;
  readonly timestampMicros: number;
  readonly items?: readonly EntryItem[];
  /** Tells two entries of one op and view apart. */
  readonly label?: string;
}

/** A whole entry with its body, after `parent`. */
export function entryOf({ parent, view, timestampMicros, items = [], label }: EntryParts): Entry {
  const parts = { random: sha256(utf8Encode(label ?? "")).slice(0, 16), items };
  const body = encodeEntryBody(parts);
  const header = {
    epoch: asEpoch(0),
    view: asView(view),
    op: asOp(parent.op + 1),
    parent: parent.hash,
    timestampMicros: asTimestampMicros(timestampMicros),
    requestsDigest: digestEntryBody(parts, sha256),
    bodyBytes: body.length,
  };
  return { header, hash: hashEntryHeader(header, sha256), body };
}

/** `length` entries of a view that follow `after`, or the genesis. */
export function chainOf(
  length: number,
  view: number,
  after: Entry | null = null,
  label = "",
): Entry[] {
  const entries: Entry[] = [];
  let parent = headOf(after);
  for (let index = 0; index < length; index++) {
    const timestampMicros = parent.op + 1;
    const entry = entryOf({ parent, view, timestampMicros, label });
    entries.push(entry);
    parent = headOf(entry);
  }
  return entries;
}

/** Where a log with this last entry ends. */
export function headOf(last: Entry | null | undefined): LogPosition {
  if (!last) return { op: asOp(0), hash: genesis };
  return { op: last.header.op, hash: last.hash };
}

/** What a replica with this log says in a view change; `corrupt` are ops it cannot read. */
export function doViewChangeOf(
  log: readonly Entry[],
  lastNormalView: number,
  { commit = 0, pipelineMax = 8, corrupt = [] as readonly number[] } = {},
): MessageOf<"doViewChange"> {
  return {
    command: "doViewChange",
    lastNormalView: asView(lastNormalView),
    head: headOf(log.at(-1)),
    commit: asOp(commit),
    headers: log.slice(-pipelineMax).map(({ header }) => ({
      header,
      state: corrupt.includes(header.op) ? "corrupt" : "present",
    })),
  };
}
