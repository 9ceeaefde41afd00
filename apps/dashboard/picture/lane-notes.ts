import type { PictureMember, PictureState } from "@quorate/contract";
import { aboutOf, groupedOf, pluralOf } from "../lib/format.ts";
import { isUp, lagOpsOf } from "./membership.ts";

/** A text in the lane, on the hairline. */
export type LaneNote = {
  readonly text: string;
  readonly x: number;
  readonly anchor: "start" | "middle" | "end";
  readonly tone: "lag" | "shift" | "fault";
  readonly warns: boolean;
};

/** The places that a lane's texts are set against, in px. */
export type NotePlaces = {
  readonly logLeft: number;
  readonly lineX: number;
  readonly headX: number;
  /** Whether a gap is drawn between the head and the line. */
  readonly gapped: boolean;
  /** Where the note right of the cells begins; null where there is no room for one. */
  readonly endX: number | null;
};

/** The texts of one lane: how far behind, last seen where, vote signed, traffic rejected. */
export function laneNotesOf(
  picture: PictureState,
  member: PictureMember,
  places: NotePlaces,
): readonly LaneNote[] {
  const notes: LaneNote[] = [];
  if (places.gapped) notes.push(gapNoteOf(picture, member, places));
  if (!isUp(member) && member.head < picture.commit) notes.push(lastSeenNoteOf(member, places));
  const end = endNoteOf(picture, member);
  if (end !== null && places.endX !== null) {
    notes.push({ ...end, x: places.endX, anchor: "start" });
  }
  return notes;
}

/** Rough width of a text of the lanes, in px; enough to choose a side for it. */
export function textWidthOf(text: string): number {
  return text.length * 6.6;
}

function gapNoteOf(
  picture: PictureState,
  member: PictureMember,
  { headX, lineX }: NotePlaces,
): LaneNote {
  const ops = lagOpsOf(picture, member);
  const short = `${groupedOf(ops)} ${pluralOf(ops, "op")}`;
  const long = member.etaMs === null ? short : `${short}, about ${aboutOf(member.etaMs)}`;
  const room = lineX - headX - 24;
  const text = textWidthOf(long) <= room ? long : short;
  const note = { text, tone: "lag", warns: false } as const;
  if (textWidthOf(text) <= room) return { ...note, x: (headX + lineX) / 2, anchor: "middle" };
  return { ...note, x: headX - 10, anchor: "end" };
}

function lastSeenNoteOf(member: PictureMember, { headX, lineX, logLeft }: NotePlaces): LaneNote {
  const text = `last seen at op ${groupedOf(member.head)}`;
  const fits = headX + 8 + textWidthOf(text) < lineX - 8;
  return { text, x: fits ? headX + 8 : logLeft + 8, anchor: "start", tone: "fault", warns: false };
}

type EndNote = Pick<LaneNote, "text" | "tone" | "warns">;

/** What stands right of the cells: a vote, or forged traffic; null for nothing. */
export function endNoteOf(picture: PictureState, member: PictureMember): EndNote | null {
  if (member.rejectedLastMin > 0) {
    return { text: `${groupedOf(member.rejectedLastMin)} rejected`, tone: "fault", warns: true };
  }
  const transition = picture.transition;
  if (transition === null || !transition.votes.includes(member.id)) return null;
  const text = transition.kind === "view" ? "vote signed" : "in the new epoch";
  return { text, tone: "shift", warns: false };
}
