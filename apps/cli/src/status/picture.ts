/** The cluster as a picture of text: a headline, a lane for each member, a sentence. */
import type { Cluster } from "@quorate/sdk";
import { durationText, grouped, visible } from "../output/cell.ts";
import type { Meaning, Paint } from "../output/style.ts";
import { flowed, wrapped } from "../output/wrapped.ts";
import {
  inFlightCellsOf,
  inFlightOf,
  laneFrameOf,
  type LaneFrame,
  laneText,
  meaningOf,
  noteText,
  roleText,
} from "./lane.ts";
import { sentenceOf } from "./sentence.ts";

/** How the picture is to be drawn. */
export interface PictureStyle {
  readonly paint: Paint;
  /** Characters in a line. */
  readonly columns: number;
  /** What the cluster is called here. */
  readonly name: string;
}

/** Cells of the settled part of a lane, at least and at most. */
const settledCellsMin = 8;
const settledCellsMax = 40;

/** Statements older than this are said to be old, in ms. */
const staleMsMin = 2000;

/** The picture, without an end of line. */
export function pictureText(given: Cluster, style: PictureStyle): string {
  const state = withVisibleNames(given);
  const { paint, columns } = style;
  const idWidth = Math.max(2, ...state.members.map(({ id }) => id.length));
  const roleWidth = Math.max(...state.members.map((member) => roleText(member, state).length), 9);
  const left = idWidth + 1 + roleWidth + 2;
  const said = state.members.map((member) => noteText(member, state));
  const roomAlone = columns - left - inFlightCellsOf(state) - 1;
  const roomBeside = roomAlone - Math.max(...said.map((note) => note.length)) - 2;
  // Where there is no room for both, the lanes tell more than what is said beside them.
  const hasNotes = roomBeside >= settledCellsMin;
  const notes = hasNotes ? said : [];
  const room = hasNotes ? roomBeside : roomAlone;
  const cells = Math.max(settledCellsMin, Math.min(settledCellsMax, room));
  const frame = laneFrameOf(state, cells);
  const lanes = state.members.map((member, index) => {
    const meaning = meaningOf(member, state);
    const role = paint(meaning, roleText(member, state).padEnd(roleWidth));
    const lane = laneText(member, state, { frame, paint });
    const id = paint("title", member.id.padEnd(idWidth));
    return `${id} ${role}  ${lane}  ${paint("quiet", notes[index] ?? "")}`.trimEnd();
  });
  return [
    ...headline(state, style),
    "",
    ...lanes,
    " ".repeat(left) + paint("quiet", axis(state, frame)),
    "",
    ...wrapped(sentenceOf(state), columns),
  ].join("\n");
}

/** The same with names that cannot act on a terminal: a gateway could send any. */
function withVisibleNames(state: Cluster): Cluster {
  return {
    ...state,
    primary: state.primary === null ? null : visible(state.primary),
    members: state.members.map((member) => ({ ...member, id: visible(member.id) })),
  };
}

/** Name, epoch, view, who leads, what is final, and how many may stop. */
function headline(state: Cluster, { paint, name, columns }: PictureStyle): readonly string[] {
  const inFlight = inFlightOf(state);
  const { asOfMs } = state;
  const isStale = asOfMs === null || asOfMs >= staleMsMin;
  const age = asOfMs === null ? "nothing heard yet" : `as of ${durationText(asOfMs)} ago`;
  const parts = [
    paint("title", name),
    `epoch ${grouped(state.epoch)}`,
    `view ${grouped(state.view)}`,
    state.primary === null ? "nobody leads" : `${state.primary} leads`,
    `commit ${grouped(state.commit)}${inFlight > 0 ? ` (+${grouped(inFlight)} in flight)` : ""}`,
    verdict(state, paint),
    ...(isStale ? [paint("warning", age)] : []),
  ];
  return flowed(parts, columns);
}

/** Null: the number that may be lost says more than the status. */
const statusMeanings = {
  starting: "warning",
  normal: null,
  "view-change": "changing",
  "no-quorum": "bad",
  reconfiguring: "changing",
} as const satisfies Record<Cluster["status"], Meaning | null>;

function verdict({ status, quorum: { canLose }, members }: Cluster, paint: Paint): string {
  const meaning = statusMeanings[status];
  if (meaning !== null) return paint(meaning, status.replace("-", " "));
  const isSafe = canLose > 0 || members.length === 1;
  return paint(isSafe ? "good" : "warning", `can lose ${canLose}`);
}

/** What the left end and the commit line of the lanes stand for. */
function axis({ commit, status }: Cluster, { settledCells, scaleOps }: LaneFrame): string {
  const from = `−${grouped(scaleOps)}`;
  const to = `${status === "view-change" ? "frozen at" : "commit"} ${grouped(commit)}`;
  const space = settledCells + 1 - from.length - to.length;
  return space > 0 ? from + " ".repeat(space) + to : to;
}
