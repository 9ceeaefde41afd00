/** Cursors of listings: opaque to callers, a place in the listing to us. */
import { ApiError, pageEntriesDefault } from "@quorate/contract";
import type { ListingPlace } from "@quorate/queue";

/** The cursor of a place; null stays null. */
export function cursorOf(place: ListingPlace | null): string | null {
  if (place === null) return null;
  return Buffer.from(`${place.incarnation}.${place.number}`).toString("base64url");
}

/** The place of a cursor, null without one. Throws `request-invalid` for what we never gave out. */
export function placeOf(cursor: string | undefined): ListingPlace | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  const [, incarnation, number] = /^(\d{1,9})\.(\d{1,15})$/.exec(text) ?? [];
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
