/** One member's line of the picture: what it has on disk, against the commit line that all share. */
import type { Cluster, Member } from "@quorate/sdk";
import { durationText, grouped, plural } from "../output/cell.ts";
import type { Meaning, Paint } from "../output/style.ts";
import { isBehind } from "./sentence.ts";

/** Geometry that all lanes of a picture share. */
export interface LaneFrame {
  /** Cells left of the commit line. */
  readonly settledCells: number;
  /** Ops that those cells stand for. */
  readonly scaleOps: number;
  /** Cells right of the line, one for each op in flight. */
  readonly inFlightCells: number;
}

/** Ops that the lanes show at least: below it a lag of one op would look like a gap. */
const scaleOpsMin = 100;

/** Ops in flight that are drawn; the number beside the picture says how many there are. */
const inFlightCellsMax = 12;

/** Parts of a cell, an eighth each. */
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** Ops after the commit that some member has on disk. */
export function inFlightOf({ members, commit }: Cluster): number {
  return Math.max(0, ...members.filter(isHeard).map((member) => member.op - commit));
}

/** Cells that the ops in flight take. */
export function inFlightCellsOf(state: Cluster): number {
  return Math.min(inFlightOf(state), inFlightCellsMax);
}

/** The geometry for a state, in so many cells. */
export function laneFrameOf(state: Cluster, settledCells: number): LaneFrame {
  const lags = state.members.filter(isHeard).map((member) => member.lagOps);
  let scaleOps = scaleOpsMin;
  // The latest member still shows a quarter of its lane.
  while (Math.max(0, ...lags) > scaleOps * 0.75) scaleOps *= 10;
  return { settledCells, scaleOps, inFlightCells: inFlightCellsOf(state) };
}

/** The lane of a member, all cells painted. */
export function laneText(
  member: Member,
  state: Cluster,
  { frame, paint }: { readonly frame: LaneFrame; readonly paint: Paint },
): string {
  const line = state.status === "view-change" ? paint("changing", "┇") : paint("primary", "┃");
  if (!isHeard(member)) return paint("bad", "╌".repeat(frame.settledCells)) + line;
  const meaning = meaningOf(member, state);
  const cells = (1 - Math.min(1, member.lagOps / frame.scaleOps)) * frame.settledCells;
  const whole = Math.floor(cells);
  const bar = "█".repeat(whole) + (eighths[Math.floor((cells - whole) * 8)] ?? "");
  const gap = " ".repeat(frame.settledCells - bar.length);
  const signed = Math.max(0, Math.min(frame.inFlightCells, member.op - state.commit));
  const flight = "▨".repeat(signed) + "□".repeat(frame.inFlightCells - signed);
  return paint(meaning, bar) + gap + line + paint(meaning, flight);
}

/** What a member is, in a word and a sign; the sign alone tells it where there are no colours. */
export function roleText(member: Member, state: Cluster): string {
  if (!isHeard(member)) return "✕ unreachable";
  if (member.status === "view-change") return "◌ electing";
  if (member.status !== "normal") return `◌ ${member.status}`;
  if (member.id === state.primary) return "▲ primary";
  if (isBehind(member)) return "◔ behind";
  return member.role === "voter" ? "  backup" : `  ${member.role}`;
}

/** The number that matters most about a member. */
export function noteText(member: Member, state: Cluster): string {
  return [mainNote(member, state), rejectsNote(member)].filter((note) => note !== "").join("  ");
}

function mainNote(member: Member, state: Cluster): string {
  if (!isHeard(member)) {
    if (member.lastSeenMs === null) return "never heard";
    return `last seen ${durationText(member.lastSeenMs)} ago, op ${grouped(member.op)}`;
  }
  if (member.lagOps > 0) return `−${plural(member.lagOps, "op")}`;
  if (member.fsyncMsP99 !== null) return `fsync ${durationText(member.fsyncMsP99)}`;
  return member.id === state.primary ? "" : `+${durationText(member.lagMs)}`;
}

function rejectsNote({ signatureRejects }: Member): string {
  return signatureRejects === 0 ? "" : `⚠ ${grouped(signatureRejects)} rejected`;
}

/** How the lane and the words about a member are painted. */
export function meaningOf(member: Member, state: Cluster): Meaning {
  if (!isHeard(member)) return "bad";
  if (member.status === "view-change") return "changing";
  if (member.status !== "normal" || isBehind(member)) return "warning";
  return member.id === state.primary ? "primary" : "good";
}

function isHeard(member: Member): boolean {
  return member.status !== "unreachable";
}
