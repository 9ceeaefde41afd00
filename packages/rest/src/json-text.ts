/** Pieces of JSON answers that are written by hand because they are written most. */
import { formatTime } from "@quorate/contract";
import type { Coord } from "./conversation.ts";

/** A time, quoted; null stays null. */
export function timeText(timeMs: number | null): string {
  return timeMs === null ? "null" : `"${formatTime(timeMs)}"`;
}

/** The coordinate of an answer. */
export function coordText({ epoch, view, op }: Coord): string {
  return `{"epoch":${epoch},"view":${view},"op":${op}}`;
}

/** A text that consists of safe characters only, quoted; null stays null. */
export function idText(id: string | null): string {
  return id === null ? "null" : `"${id}"`;
}
