import type { PictureMember, PictureState } from "@quorate/contract";
import { groupedOf, pluralOf } from "../lib/format.ts";
import { isElecting, isUp, othersOf, primaryOf, turnOf, votersOf } from "./membership.ts";

/**
 * Geometry of the ring, in its own units: a square of `ringSize`. No drawing here.
 * The ring is the membership; its hand points at `view mod n`, so a view change is one turn.
 */
export const ringSize = 272;
const centre = ringSize / 2;
const radius = 91;
const width = 20;
const outerRadius = radius + 18;
const labelRadius = radius + 33;
const outerLabelRadius = radius + 42;
const heartbeatRadius = radius - 17;
const handRadius = radius - 25;
/** Half of the gap between two arcs, in radians. */
const gapHalf = 0.07;
const turn = 2 * Math.PI;
const top = -Math.PI / 2;

/** How an arc is drawn: `open` is dashed and has no body, `solid` is the primary. */
export type ArcKind = "solid" | "settled" | "behind" | "voting" | "open" | "hollow";

/** One voter on the ring. */
export type RingArc = {
  readonly id: string;
  readonly kind: ArcKind;
  readonly path: string;
  /** The two rims of an arc with a quiet body; empty for the others. */
  readonly rims: string;
  /** Drains clockwise while the voter is silent; null when it is gone or was never heard. */
  readonly heartbeat: string | null;
  readonly label: RingLabel;
};

/** A name beside the ring; `crossed` stands for unreachable. */
export type RingLabel = {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly crossed: boolean;
};

/** A thin arc outside the ring: a learner, one on its way out, or a voter of the next epoch. */
export type OuterArc = {
  readonly id: string;
  readonly kind: "learner" | "retiring" | "joined" | "waiting" | "open";
  readonly path: string;
  /** Null where the ring already names the member. */
  readonly label: RingLabel | null;
};

/** All that the ring shows. */
export type RingLayout = {
  readonly arcs: readonly RingArc[];
  readonly outer: readonly OuterArc[];
  /** Clockwise from the top; grows with the view, so that the hand always turns forward. */
  readonly handDegrees: number;
  readonly handPath: string;
  /** `settled`: a primary leads. `electing`: it points at the candidate. `none`: nobody leads. */
  readonly hand: "settled" | "electing" | "none";
  readonly caption: string;
  readonly view: string;
  readonly note: string;
};

/** The ring of a picture. */
export function ringLayoutOf(picture: PictureState): RingLayout {
  const voters = votersOf(picture);
  const step = turn / Math.max(1, voters.length);
  const electing = isElecting(picture);
  return {
    arcs: voters.map((member, place) => ringArcOf(member, place, step)),
    outer: outerArcsOf(picture),
    handDegrees: handDegreesOf(picture),
    handPath: `M0 ${-handRadius}L-9 ${-handRadius + 17}L9 ${-handRadius + 17}Z`,
    hand: electing ? "electing" : primaryOf(picture) === null ? "none" : "settled",
    caption: electing ? "electing view" : "view",
    view: groupedOf(picture.coord.view),
    note: noteOf(picture),
  };
}

/** 360° per round of views; whole rounds are kept so that the transition never runs backwards. */
function handDegreesOf(picture: PictureState): number {
  const voters = Math.max(1, votersOf(picture).length);
  const rounds = Math.floor(picture.coord.view / voters);
  return ((rounds % 1000) + turnOf(picture) / voters) * 360;
}

function noteOf(picture: PictureState): string {
  const transition = picture.transition;
  if (transition?.kind === "view") {
    return `${transition.votes.length} of ${transition.needed} ${pluralOf(transition.needed, "vote")}`;
  }
  const voters = votersOf(picture);
  return `${voters.filter(isUp).length} of ${voters.length} up`;
}

function ringArcOf(member: PictureMember, place: number, step: number): RingArc {
  const middle = top + place * step;
  const from = middle - step / 2 + gapHalf;
  const to = middle + step / 2 - gapHalf;
  const kind = arcKindOf(member);
  const quiet = kind === "settled" || kind === "hollow";
  return {
    id: member.id,
    kind,
    path: arcPath(radius, from, to),
    rims: quiet
      ? arcPath(radius - width / 2, from, to) + arcPath(radius + width / 2, from, to)
      : "",
    heartbeat: heartbeatOf(member, from, to),
    label: labelOf(member.id, middle, !isUp(member)),
  };
}

function arcKindOf(member: PictureMember): ArcKind {
  switch (member.state) {
    case "primary":
      return "solid";
    case "backup":
      return "settled";
    case "behind":
      return "behind";
    case "voting":
      return "voting";
    case "unreachable":
      return "open";
    case "recovering":
    case "transferring":
      return "hollow";
  }
}

function heartbeatOf(member: PictureMember, from: number, to: number): string | null {
  if (!isUp(member) || member.lastSeenMs === null) return null;
  const left = Math.max(0, 1 - member.lastSeenMs / member.timeoutMs);
  return left < 0.02 ? null : arcPath(heartbeatRadius, from, from + (to - from) * left);
}

function outerArcsOf(picture: PictureState): readonly OuterArc[] {
  const transition = picture.transition;
  if (transition?.kind === "epoch")
    return nextEpochArcsOf(picture, transition.voters, transition.votes);
  const others = othersOf(picture);
  const voters = Math.max(1, votersOf(picture).length);
  return others.map((member, place) => {
    // Between two voters, so that its name never covers one of theirs.
    const middle = top + ((place + 0.5) * turn) / voters;
    const kind = isUp(member) ? (member.role === "learner" ? "learner" : "retiring") : "open";
    return {
      id: member.id,
      kind,
      path: arcPath(outerRadius, middle - 0.28, middle + 0.28),
      label: labelOf(member.id, middle, !isUp(member), outerLabelRadius),
    };
  });
}

function nextEpochArcsOf(
  picture: PictureState,
  voters: readonly string[],
  joined: readonly string[],
): readonly OuterArc[] {
  const step = turn / Math.max(1, voters.length);
  const named = new Set(votersOf(picture).map((member) => member.id));
  return voters.map((id, place) => {
    const middle = top + place * step;
    return {
      id,
      kind: joined.includes(id) ? "joined" : "waiting",
      path: arcPath(outerRadius, middle - step / 2 + gapHalf / 2, middle + step / 2 - gapHalf / 2),
      label: named.has(id) ? null : labelOf(id, middle, false, outerLabelRadius),
    };
  });
}

function labelOf(text: string, angle: number, crossed: boolean, r = labelRadius): RingLabel {
  const x = centre + r * Math.cos(angle);
  const y = centre + (r - 4) * Math.sin(angle) + 5;
  return { text, x: tenth(x), y: tenth(y), crossed };
}

function arcPath(r: number, from: number, to: number): string {
  const large = to - from > Math.PI ? 1 : 0;
  return `M${point(r, from)}A${r} ${r} 0 ${large} 1 ${point(r, to)}`;
}

function point(r: number, angle: number): string {
  return `${tenth(centre + r * Math.cos(angle))} ${tenth(centre + r * Math.sin(angle))}`;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
