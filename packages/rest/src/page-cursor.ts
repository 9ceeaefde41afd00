/** Cursors of listings: opaque to callers, a place in the listing to us. */
import { ApiError, pageEntriesDefault } from "@quorate/contract";
import type { ListingPlace } from "@quorate/queue";
import type { TextCodec } from "./host.ts";

/** What is listed: a cursor of one listing is none of another. */
type Listed = "queues" | "messages" | "groups";

/** The cursor of this place in the listing; base64url, so that nobody reads a promise into it. */
export function cursorOf(listed: Listed, place: string, text: TextCodec): string {
  const base64 = text.toBase64(text.encode(`${listed}:${place}`));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The place of a cursor. Throws `request-invalid` for one that is not of this listing. */
export function saidBy(listed: Listed, cursor: string, text: TextCodec): string {
  // No base64 has so many letters.
  if (cursor.length % 4 === 1) throw badCursor();
  const base64 = cursor.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = text.fromBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, "="));
  const said = text.decode(bytes, 0, bytes.length);
  if (said.startsWith(`${listed}:`)) return said.slice(listed.length + 1);
  throw badCursor();
}

/** The cursor of a place; null stays null. */
export function placeCursor(
  listed: Listed,
  place: ListingPlace | null,
  text: TextCodec,
): string | null {
  return place === null ? null : cursorOf(listed, `${place.incarnation}.${place.number}`, text);
}

/** The place of a cursor, null without one. Throws `request-invalid` for what we never gave out. */
export function placeOf(
  listed: Listed,
  cursor: string | undefined,
  text: TextCodec,
): ListingPlace | null {
  if (cursor === undefined) return null;
  const said = saidBy(listed, cursor, text);
  const [, incarnation, number] = /^(\d{1,9})\.(\d{1,15})$/.exec(said) ?? [];
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
