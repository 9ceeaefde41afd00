/** What one signer has said lately, as far as something said later may contradict it. */
import { bytesEqual, copyBytes } from "@quorate/prelude";
import {
  decodeBody,
  decodeStatementHeader,
  type MessageOf,
  splitPacket,
  type StatementHeader,
} from "@quorate/protocol";
import type { Said } from "./contradiction.ts";

/** Ops of which the Prepare and the PrepareOk are remembered: twice the longest pipeline. */
export const opsRememberedMax = 512;
/** DoViewChanges and StartViews of each kind; together they have 4 MiB at most. */
export const viewStatementsRememberedMax = 2;
/** Checkpoints; as many as a superblock names. */
export const checkpointsRememberedMax = 8;

/** A statement as bytes of its own: what came in a frame would hold the whole frame. */
interface Kept {
  readonly view: number;
  /** Of an entry or a checkpoint; the head of a log. */
  readonly op: number;
  /** Of a DoViewChange; 0 of everything else. */
  readonly lastNormalView: number;
  readonly bodyDigest: Uint8Array;
  readonly statement: Uint8Array;
}

/** The statements of one member in one life of its disk, and the newest of them alone. */
export class SignerHistory {
  private readonly prepares: (Kept | undefined)[] = [];
  private readonly acknowledgements: (Kept | undefined)[] = [];
  private readonly doViewChanges: Kept[] = [];
  private readonly startViews: Kept[] = [];
  private readonly checkpoints: Kept[] = [];
  /** The epoch, and the life of the disk, in which all of it was said. */
  readonly life: Pick<StatementHeader, "epoch" | "incarnation">;

  constructor({ epoch, incarnation }: StatementHeader) {
    this.life = { epoch, incarnation };
  }

  /** Whether a statement of the signer is of this epoch and this life of its disk. */
  isOf({ epoch, incarnation }: StatementHeader): boolean {
    return epoch === this.life.epoch && incarnation === this.life.incarnation;
  }

  /** Whether this very statement is remembered as a DoViewChange. */
  hasDoViewChange({ view, bodyDigest }: StatementHeader): boolean {
    return this.doViewChanges.some(
      (kept) => kept.view === view && bytesEqual(kept.bodyDigest, bodyDigest),
    );
  }

  hasStartView({ view, bodyDigest }: StatementHeader): boolean {
    return this.startViews.some(
      (kept) => kept.view === view && bytesEqual(kept.bodyDigest, bodyDigest),
    );
  }

  /** What of it the Prepare may contradict. The Prepare is remembered in its place. */
  onPrepare(said: Said, { header }: MessageOf<"prepare">): readonly Said[] {
    return this.atOp(this.prepares, keep(said, header.op));
  }

  /** The same for a PrepareOk, against other PrepareOks and later DoViewChanges. */
  onPrepareOk(said: Said, { op }: MessageOf<"prepareOk">): readonly Said[] {
    const { view } = said.header;
    const forgetful = this.doViewChanges.filter(
      (kept) => kept.view > view && kept.lastNormalView <= view,
    );
    return [...this.atOp(this.acknowledgements, keep(said, op)), ...forgetful.map(read)];
  }

  /** The PrepareOk of the op in the view, of this life, if it is remembered. */
  acknowledgementsAt(op: number, view: number): readonly Said[] {
    const kept = this.acknowledgements[op % opsRememberedMax];
    return kept?.op === op && kept.view === view ? [read(kept)] : [];
  }

  /** The same for a DoViewChange, against others of its view and older PrepareOks. */
  onDoViewChange(
    said: Said,
    { lastNormalView, head, headers }: MessageOf<"doViewChange">,
  ): readonly Said[] {
    const { view } = said.header;
    const shownFrom = head.op - headers.length;
    const unkept = this.acknowledgements.filter((kept): kept is Kept => {
      if (kept === undefined || kept.view >= view || kept.view < lastNormalView) return false;
      return kept.view > lastNormalView || kept.op >= shownFrom;
    });
    const kept = { ...keep(said, head.op), lastNormalView };
    return [
      ...this.inView(this.doViewChanges, kept),
      ...unkept.toSorted((one, other) => other.op - one.op).map(read),
    ];
  }

  /** The same for a StartView. */
  onStartView(said: Said, { head }: MessageOf<"startView">): readonly Said[] {
    return this.inView(this.startViews, keep(said, head.op));
  }

  /** The checkpoints of this signer at the op; another's may be compared with them too. */
  checkpointsAt(op: number): readonly Said[] {
    return this.checkpoints.filter((kept) => kept.op === op).map(read);
  }

  /** Remembers a Checkpoint, unless it says what is remembered already. */
  rememberCheckpoint(said: Said, { op }: MessageOf<"checkpoint">): void {
    this.rememberIn(this.checkpoints, keep(said, op), checkpointsRememberedMax);
  }

  /** An older statement of the op and view stays: whatever else is said of them contradicts it. */
  private atOp(ring: (Kept | undefined)[], kept: Kept): readonly Said[] {
    const at = kept.op % opsRememberedMax;
    const older = ring[at];
    const isOfOne = older !== undefined && older.op === kept.op && older.view === kept.view;
    if (!isOfOne) {
      ring[at] = kept;
      return [];
    }
    return bytesEqual(older.bodyDigest, kept.bodyDigest) ? [] : [read(older)];
  }

  private inView(list: Kept[], kept: Kept): readonly Said[] {
    const rivals = list.filter((each) => each.view === kept.view && !isSame(each, kept));
    this.rememberIn(list, kept, viewStatementsRememberedMax);
    return rivals.map(read);
  }

  private rememberIn(list: Kept[], kept: Kept, max: number): void {
    if (list.some((each) => isSame(each, kept))) return;
    list.push(kept);
    if (list.length > max) list.shift();
  }
}

function isSame(one: Kept, other: Kept): boolean {
  return one.view === other.view && bytesEqual(one.bodyDigest, other.bodyDigest);
}

function keep({ header, statement }: Said, op: number): Kept {
  const { view, bodyDigest } = header;
  return {
    view,
    op,
    lastNormalView: 0,
    bodyDigest: bodyDigest.slice(),
    statement: copyBytes(statement),
  };
}

/** Reads again what was admitted once. */
function read({ statement }: Kept): Said {
  const header = decodeStatementHeader(statement);
  const { body } = splitPacket(statement, header.bodyBytes);
  return { header, message: decodeBody(header.command, body), statement };
}
