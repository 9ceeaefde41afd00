import type { PictureMember, PictureState } from "@quorate/contract";
import { aboutOf, groupedOf, latencyOf } from "../lib/format.ts";
import { axisOf, type Axis } from "./axis.ts";
import { inflightColumnsOf, signaturesOf } from "./inflight-columns.ts";
import { endNoteOf, laneNotesOf, type LaneNote, textWidthOf } from "./lane-notes.ts";
import { isElecting, isFrozen, isUp, lagOpsOf, roleWordsOf, votersOf } from "./membership.ts";

/**
 * Geometry of the lanes: each replica's log against the commit line, in CSS pixels of the width that
 * was measured. The line never moves; the log moves through it, and lag is the gap. No drawing here.
 */
export type LanesLayout = {
  readonly width: number;
  readonly height: number;
  readonly compact: boolean;
  readonly lineX: number;
  readonly lineTop: number;
  readonly lineBottom: number;
  /** `frozen`: dashed, nothing passes it. */
  readonly line: "settled" | "frozen";
  readonly electing: boolean;
  readonly logLeft: number;
  readonly leftTitle: string;
  readonly rightTitle: string;
  readonly axisLabel: string;
  readonly tickLabel: string;
  readonly commitLabel: string;
  /** Whether the columns are too narrow for counts of the usual size. */
  readonly tight: boolean;
  readonly columns: readonly Column[];
  readonly lanes: readonly Lane[];
};

/** One column of ops in flight: where it stands and how many have signed it. */
export type Column = { readonly x: number; readonly count: number };

/** One replica's lane. */
export type Lane = {
  readonly id: string;
  readonly primary: boolean;
  readonly role: string;
  readonly detail: string;
  readonly labelY: number;
  readonly middleY: number;
  readonly barTop: number;
  readonly barHeight: number;
  /** Where the log ends, at most at the line. */
  readonly headX: number;
  readonly bar: "settled" | "learner" | "open";
  readonly cap: "commit" | "lag" | "quiet" | "none";
  /** From the end of the log to the line, dotted; null when it reaches the line or is not known. */
  readonly gap: { readonly from: number; readonly to: number } | null;
  readonly ticks: string;
  /** Cells of ops that this replica has signed, and of those it has not. */
  readonly signed: string;
  readonly unsigned: string;
  readonly notes: readonly LaneNote[];
};

/** Narrower than this, in px, the label stands above its bar. */
const compactWidthMax = 620;
const titleHeight = 44;
const cellGap = 3;
const cellWidthMax = 15;
const cellWidthMin = 5;
const noteWidth = 128;
const footHeight = 30;

type Frame = {
  readonly compact: boolean;
  readonly width: number;
  readonly logLeft: number;
  readonly lineX: number;
  readonly laneHeight: number;
  readonly barTop: number;
  readonly barHeight: number;
  readonly cellsLeft: number;
  readonly cellWidth: number;
  readonly columns: readonly (readonly number[])[];
  readonly axis: Axis;
};

/**
 * The lanes of a picture.
 * @param width px at hand, at least 240
 */
export function lanesLayoutOf(picture: PictureState, width: number): LanesLayout {
  const frame = frameOf(picture, Math.max(240, width));
  const lanesBottom = titleHeight + picture.members.length * frame.laneHeight;
  const frozen = isFrozen(picture);
  return {
    width: frame.width,
    height: lanesBottom + footHeight,
    compact: frame.compact,
    lineX: frame.lineX,
    lineTop: 22,
    lineBottom: lanesBottom + 4,
    line: frozen ? "frozen" : "settled",
    electing: isElecting(picture),
    logLeft: frame.logLeft,
    leftTitle: frame.compact ? "settled" : "settled: signed by a quorum and stored",
    rightTitle: rightTitleOf(picture, frame),
    axisLabel: `−${groupedOf(frame.axis.span)}`,
    tickLabel: frame.compact ? "" : `one tick per ${groupedOf(frame.axis.tickOps)}`,
    commitLabel: `${frozen ? "commit frozen at" : "commit"} ${groupedOf(picture.commit)}`,
    tight: frame.cellWidth < 8,
    columns: columnsOf(picture, frame),
    lanes: picture.members.map((member, place) => laneOf(picture, frame, member, place)),
  };
}

function frameOf(picture: PictureState, width: number): Frame {
  const compact = width < compactWidthMax;
  const logLeft = compact ? 0 : 148;
  const lineX = compact ? Math.round(width * 0.74) : Math.round(logLeft + (width - logLeft) * 0.54);
  const cellsLeft = lineX + (compact ? 8 : 12);
  const noted = picture.members.some((member) => endNoteOf(picture, member) !== null);
  const room = width - cellsLeft - (noted && !compact ? noteWidth : 0);
  const fit = Math.max(0, Math.floor(room / (cellWidthMin + cellGap)));
  const columns = inflightColumnsOf(picture).slice(0, fit);
  const pitch = columns.length === 0 ? 0 : Math.floor(room / columns.length);
  return {
    compact,
    width,
    logLeft,
    lineX,
    laneHeight: compact ? 54 : 44,
    barTop: compact ? 23 : 7,
    barHeight: compact ? 20 : 28,
    cellsLeft,
    cellWidth: Math.min(cellWidthMax, Math.max(cellWidthMin, pitch - cellGap)),
    columns,
    axis: axisOf(picture, logLeft, lineX),
  };
}

function rightTitleOf(picture: PictureState, frame: Frame): string {
  if (isFrozen(picture)) {
    if (frame.compact) return "frozen";
    return isElecting(picture)
      ? "frozen until the new view starts"
      : "frozen until a quorum is back";
  }
  if (frame.columns.length === 0) return frame.compact ? "in flight" : "in flight: nothing waits";
  const step = picture.inflight.step;
  const scale = step === 1 ? "" : ` (×${groupedOf(step)})`;
  if (frame.compact) return `in flight${scale}`;
  const voters = votersOf(picture).length;
  if (voters === 1) return `in flight${scale}`;
  const needs = `in flight${scale}: each column needs ${picture.quorum} of ${voters}`;
  const long = `${needs} signatures`;
  return textWidthOf(long) <= frame.width - frame.cellsLeft ? long : needs;
}

function columnsOf(picture: PictureState, frame: Frame): readonly Column[] {
  return frame.columns.map((acks, k) => ({
    x: cellX(frame, k) + frame.cellWidth / 2,
    count: signaturesOf(picture, acks),
  }));
}

function laneOf(picture: PictureState, frame: Frame, member: PictureMember, place: number): Lane {
  const top = titleHeight + place * frame.laneHeight;
  const barTop = top + frame.barTop;
  const headX = frame.axis.xOf(lagOpsOf(picture, member));
  const up = isUp(member);
  const behind = member.state === "behind" || member.state === "transferring";
  const gap =
    up && behind && headX < frame.lineX - 8 ? { from: headX + 4, to: frame.lineX - 4 } : null;
  return {
    id: member.id,
    primary: member.state === "primary",
    role: roleWordsOf(picture, member),
    detail: detailOf(picture, member),
    labelY: frame.compact ? top + 15 : top + 18,
    middleY: barTop + frame.barHeight / 2,
    barTop,
    barHeight: frame.barHeight,
    headX,
    bar: up ? (member.role === "learner" ? "learner" : "settled") : "open",
    cap: capOf(member, behind),
    gap,
    ticks: up ? frame.axis.ticksOf(headX, barTop + frame.barHeight) : "",
    ...cellsOf(frame, member, barTop),
    notes: laneNotesOf(picture, member, {
      logLeft: frame.logLeft,
      lineX: frame.lineX,
      headX,
      gapped: gap !== null,
      endX: frame.compact ? null : endXOf(frame),
    }),
  };
}

function capOf(member: PictureMember, behind: boolean): Lane["cap"] {
  if (!isUp(member)) return "none";
  if (behind) return "lag";
  return member.role === "voter" ? "commit" : "quiet";
}

function detailOf(picture: PictureState, member: PictureMember): string {
  if (!isUp(member)) {
    return member.lastSeenMs === null ? "never heard" : `last ${aboutOf(member.lastSeenMs)} ago`;
  }
  if (isFrozen(picture)) {
    const ahead = member.head - picture.commit;
    if (ahead === 0) return "log to commit";
    return ahead < 0 ? `log to −${groupedOf(-ahead)}` : `log to +${groupedOf(ahead)}`;
  }
  return member.fsyncMsP99 === null ? "" : `fsync ${latencyOf(member.fsyncMsP99)}`;
}

function cellsOf(
  frame: Frame,
  member: PictureMember,
  barTop: number,
): { readonly signed: string; readonly unsigned: string } {
  const cells = { signed: "", unsigned: "" };
  if (!isUp(member)) return cells;
  const inset = frame.compact ? 1.5 : 3.5;
  for (const [k, acks] of frame.columns.entries()) {
    const size = `h${frame.cellWidth}v${frame.barHeight - 2 * inset}h${-frame.cellWidth}Z`;
    const cell = `M${cellX(frame, k)} ${barTop + inset}${size}`;
    if (acks.includes(member.index)) cells.signed += cell;
    else cells.unsigned += cell;
  }
  return cells;
}

/** Where the note right of the cells begins. */
function endXOf(frame: Frame): number {
  return Math.min(cellX(frame, frame.columns.length) + 10, frame.width - noteWidth + 10);
}

function cellX(frame: Frame, k: number): number {
  return frame.cellsLeft + k * (frame.cellWidth + cellGap);
}
