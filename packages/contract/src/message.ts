/** The fields of a message that callers choose: labels, group, headers, priority. */
import * as z from "zod";
import {
  contentTypeCharsMax,
  headerNameCharsMax,
  headersBytesMax,
  headersMax,
  idCharsMax,
  priorityMax,
} from "./limits.ts";
import { callerIdPattern } from "./names.ts";
import { utf8Length } from "./utf8-length.ts";
import { beyond, integer, invalid, isObject, type Shape, type ShapeFault, text } from "./shape.ts";

/** A label for the body; it never changes how the body is stored or answered. */
export const contentType = text({
  limit: "contentType",
  charsMax: contentTypeCharsMax,
  pattern: /^[ -~]+$/,
  expected: "printable ASCII",
});

/** Messages of one group are delivered in order. */
export const groupId = text({
  limit: "groupId",
  charsMax: idCharsMax,
  pattern: callerIdPattern,
  expected: "1 to 128 characters of ! to ~",
});

/** 0 to 9; higher ones first. */
export const priority = integer({ limit: "priority", min: 0, max: priorityMax });

const headerNamePattern = new RegExp(`^[A-Za-z0-9_-]{1,${headerNameCharsMax}}$`);

/** Headers of a message: texts by name. */
export const headers: Shape<Readonly<Record<string, string>>> = {
  schema: z
    .record(z.string().regex(headerNamePattern), z.string())
    .meta({ maxProperties: headersMax }),
  holds: (value, faults): value is Readonly<Record<string, string>> => {
    if (!isObject(value)) return invalid(faults, "expected an object");
    const entries = Object.entries(value);
    if (entries.length > headersMax) {
      const detail = `expected at most ${headersMax} headers`;
      return beyond(faults, { detail, limit: "headers", max: headersMax });
    }
    return entries.every((entry) => isHeader(entry, faults)) && fits(entries, faults);
  },
};

function isHeader([name, value]: readonly [string, unknown], faults: ShapeFault[]): boolean {
  if (!headerNamePattern.test(name)) {
    return invalid(faults, `expected names of 1 to ${headerNameCharsMax} of A-Z a-z 0-9 _ -`);
  }
  if (typeof value === "string") return true;
  return invalid(faults, "expected a string", `/${name}`);
}

function fits(entries: readonly (readonly [string, unknown])[], faults: ShapeFault[]): boolean {
  if (bytesOf(entries) <= headersBytesMax) return true;
  const detail = `expected at most ${headersBytesMax} bytes of names and values`;
  return beyond(faults, { detail, limit: "headersBytes", max: headersBytesMax });
}

/** Whether a message may have these headers together, as to their number and their bytes. */
export function headersFit(entries: readonly (readonly [string, string])[]): boolean {
  return entries.length <= headersMax && bytesOf(entries) <= headersBytesMax;
}

/** Bytes of names, which are ASCII, and values. */
function bytesOf(entries: readonly (readonly [string, unknown])[]): number {
  let bytes = 0;
  for (const [name, value] of entries) bytes += name.length + utf8Length(String(value));
  return bytes;
}
