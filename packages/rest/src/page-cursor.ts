/** Cursors of listings: opaque to callers, a place in the listing to us. */
import { ApiError, pageEntriesDefault } from "@quorate/contract";
import type { ListingPlace } from "@quorate/queue";
import type { TextCodec } from "./host.ts";

/** The cursor that says this; base64url, so that nobody reads a promise into it. */
export function cursorOf(place: string, text: TextCodec): string {
  const base64 = text.toBase64(text.encode(place));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What a cursor says. Throws `request-invalid` when it says nothing. */
export function saidBy(cursor: string, text: TextCodec): string {
  // No base64 has so many letters.
  if (cursor.length % 4 === 1) throw badCursor();
  const base64 = cursor.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = text.fromBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, "="));
  return text.decode(bytes, 0, bytes.length);
}

/** The cursor of a place; null stays null. */
export function placeCursor(place: ListingPlace | null, text: TextCodec): string | null {
  return place === null ? null : cursorOf(`${place.incarnation}.${place.number}`, text);
}

/** The place of a cursor, null without one. Throws `request-invalid` for what we never gave out. */
export function placeOf(cursor: string | undefined, text: TextCodec): ListingPlace | null {
  if (cursor === undefined) return null;
  const [, incarnation, number] = /^(\d{1,9})\.(\d{1,15})$/.exec(saidBy(cursor, text)) ?? [];
  if (incarnation === undefined || number === undefined) throw badCursor();
  return { incarnation: Number(incarnation), number: Number(number) };
}

/** Why a cursor is refused. */
export function badCursor(): ApiError {
  const errors = [{ pointer: "?cursor", detail: "expected a cursor of an earlier page" }];
  return new ApiError("request-invalid", { detail: "?cursor: not a cursor.", errors });
}

/** How many entries the page may have. The shape has checked the digits. */
export function pageLimitOf(limit: string | undefined): number {
  return limit === undefined ? pageEntriesDefault : Number(limit);
}
