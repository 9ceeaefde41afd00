/** What the journal's conformance suite works with: a disk, the journal on it, and entries. */
import { assert, present, type Sha256, utf8Encode } from "@quorate/prelude";
import {
  asEpoch,
  asOp,
  asTimestampMicros,
  asView,
  digestEntryBody,
  encodeEntryBody,
  type Entry,
  hashEntryHeader,
  type LogBase,
  type LogPosition,
  type Superblock,
} from "@quorate/protocol";
import type { Journal, OpenedJournal } from "../journal.ts";

/** One disk on which journals live one after the other, and ways to harm it. */
export interface JournalRig {
  readonly clusterId: Uint8Array;
  readonly replica: number;
  readonly genesis: Uint8Array;
  readonly sha256: Sha256;
  /** A journal on this disk. The one before it has been closed. */
  create(): Journal;
  /** Lets the world go on until the promise is settled. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /**
   * The journal's disk, file after file: segments, then where blocks lie. It is closed. `change`
   * may write into the bytes.
   */
  harm(change: (file: Uint8Array) => void): Promise<void>;
  /** Frees the disk. */
  dispose(): Promise<void>;
}

/** Where an entry stands in the log. */
export function positionOf(entry: Entry | undefined): LogPosition {
  const { header, hash } = present(entry);
  return { op: header.op, hash };
}

/** The base of a log that begins behind this entry. */
export function baseAt(entry: Entry | undefined): LogBase {
  const { header, hash } = present(entry);
  return { op: header.op, hash, timestampMicros: header.timestampMicros };
}

/** Drives one journal after the other on the rig's disk. */
export class JournalBench {
  readonly rig: JournalRig;
  journal: Journal;
  opened: OpenedJournal = {
    superblock: null,
    isMoved: false,
    log: { entries: [], isHeadUncertain: false },
  };
  private lastSuperblock: Superblock | null = null;

  private constructor(rig: JournalRig) {
    this.rig = rig;
    this.journal = rig.create();
  }

  /** A journal that is not open, on the rig's disk; whoever calls closes it. */
  static on(rig: JournalRig): JournalBench {
    return new JournalBench(rig);
  }

  /** Opens the journal of an unused disk and gives it its first superblock. */
  async begin(): Promise<void> {
    await this.open();
    await this.writeSuperblock(this.superblock());
  }

  /** Closes the journal and frees the disk. */
  async end(): Promise<void> {
    await this.rig.settle(this.journal.close());
    await this.rig.dispose();
  }

  async open(): Promise<OpenedJournal> {
    this.opened = await this.rig.settle(this.journal.open());
    return this.opened;
  }

  /** Closes the journal and opens another on the same disk. */
  async restart(): Promise<OpenedJournal> {
    await this.rig.settle(this.journal.close());
    this.journal = this.rig.create();
    return this.open();
  }

  async append(entries: readonly Entry[]): Promise<void> {
    await this.rig.settle(new Promise<void>((resolve) => this.journal.append(entries, resolve)));
  }

  async writeSuperblock(superblock: Superblock): Promise<void> {
    await this.rig.settle(
      new Promise<void>((resolve) => this.journal.writeSuperblock(superblock, resolve)),
    );
  }

  /** Calls `idle` and waits until what it writes is on disk. */
  async idle(): Promise<void> {
    this.journal.idle();
    await this.append([]);
  }

  read(entries: readonly (Entry | undefined)[]): Promise<readonly (Entry | null)[]> {
    return this.rig.settle(this.journal.read(entries.map(positionOf)));
  }

  /** Flips one bit where the bytes stand first on the disk. */
  async flipBitIn(bytes: Uint8Array): Promise<void> {
    await this.harmAt(bytes, (segment, at) => {
      const middle = at + Math.floor(bytes.length / 2);
      segment[middle] = (segment[middle] ?? 0) ^ 4;
    });
  }

  /** Closes the journal; opens none. Bytes of all segments and of all that is set apart for blocks. */
  async diskBytes(): Promise<number> {
    await this.rig.settle(this.journal.close());
    let bytes = 0;
    await this.rig.harm((segment) => {
      bytes += segment.length;
    });
    return bytes;
  }

  /** Makes everything zero from where the bytes stand first: as a write that was cut off there. */
  async eraseFrom(bytes: Uint8Array | undefined): Promise<void> {
    await this.harmAt(present(bytes), (segment, at) => segment.fill(0, at));
  }

  /** The last superblock with some fields changed; the first has an empty log in view 1. */
  superblock(changes: SuperblockChanges = {}): Superblock {
    const { view, lastNormalView, ...others } = changes;
    const before = this.lastSuperblock ?? this.firstSuperblock();
    this.lastSuperblock = {
      ...before,
      ...others,
      view: asView(view ?? before.view),
      lastNormalView: asView(lastNormalView ?? before.lastNormalView),
    };
    return this.lastSuperblock;
  }

  /** Entries that follow each other, from op 1 or after another entry. */
  chain(length: number, from: ChainOptions = {}): Entry[] {
    const entries: Entry[] = [];
    let before = from.after;
    for (let index = 0; index < length; index++) {
      before = this.entryAfter(before, from);
      entries.push(before);
    }
    return entries;
  }

  private entryAfter(before: Entry | undefined, from: ChainOptions): Entry {
    const { sha256, genesis } = this.rig;
    const { view = 1, label = "entry", bodyBytes = 100 } = from;
    const op = (before?.header.op ?? 0) + 1;
    const random = sha256(utf8Encode(`${label} ${view} ${op}`)).slice(0, 16);
    const statement = new Uint8Array(bodyBytes + ((37 * op) % 1_000)).fill(op);
    const content = { random, items: [{ kind: "request", statement } as const] };
    const body = encodeEntryBody(content);
    const header = {
      epoch: asEpoch(0),
      view: asView(view),
      op: asOp(op),
      parent: before?.hash ?? genesis,
      timestampMicros: asTimestampMicros(1_700_000_000_000_000 + op),
      requestsDigest: digestEntryBody(content, sha256),
      bodyBytes: body.length,
    };
    return { header, hash: hashEntryHeader(header, sha256), body };
  }

  private firstSuperblock(): Superblock {
    const { clusterId, replica, genesis } = this.rig;
    return {
      clusterId,
      configDigest: new Uint8Array(32).fill(7),
      replica,
      incarnation: 0,
      boot: 1,
      epoch: asEpoch(0),
      view: asView(1),
      lastNormalView: asView(1),
      commit: asOp(0),
      head: { op: asOp(0), hash: genesis },
      isHeadUncertain: false,
      isDiskLost: false,
      barredView: asView(0),
      incarnations: [],
      remembered: [],
      viewProof: [],
      doViewChange: null,
      base: { op: asOp(0), hash: genesis, timestampMicros: asTimestampMicros(0) },
      checkpoints: [],
    };
  }

  /** Closes the journal first, because nothing harms a disk that is in use; opens none. */
  private async harmAt(
    bytes: Uint8Array,
    change: (segment: Uint8Array, at: number) => void,
  ): Promise<void> {
    await this.rig.settle(this.journal.close());
    let isFound = false;
    await this.rig.harm((segment) => {
      const at = isFound ? -1 : indexOf(segment, bytes);
      if (at < 0) return;
      isFound = true;
      change(segment, at);
    });
    assert(isFound, "the bytes are on the disk");
  }
}

/** What the entries of a chain are like. */
interface ChainOptions {
  readonly view?: number;
  /** The entry before the first. */
  readonly after?: Entry | undefined;
  /** Tells entries of one op and view apart. */
  readonly label?: string;
  /** Least length of a body. */
  readonly bodyBytes?: number;
}

/** What a test changes in a superblock. */
type SuperblockChanges = Partial<Omit<Superblock, "view" | "lastNormalView">> & {
  readonly view?: number;
  readonly lastNormalView?: number;
};

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const [first = 0] = wanted;
  let at = bytes.indexOf(first);
  while (at >= 0 && at + wanted.length <= bytes.length) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
    at = bytes.indexOf(first, at + 1);
  }
  return -1;
}
