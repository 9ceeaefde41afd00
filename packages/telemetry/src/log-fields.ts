/**
 * What a log line may hold: data that can be read, and no secret.
 *
 * Redaction goes by the name of a field at any depth and by type, before the line is made, so a
 * key never reaches the serializer.
 */
import type { LogFields } from "@quorate/ports";
import { hexEncode } from "@quorate/prelude";

/** Stands for a value that must not be written. */
export const redacted = "[redacted]";

/** Deeper values are cut: a log line is no dump. */
const depthMax = 6;
/** Elements of a list and fields of an object that are written. */
const elementsMax = 64;
/** Bytes that are written as hexadecimal: a digest, a public key, a signature. */
const bytesMax = 64;
/** Names whose values are secrets, compared without case, dashes and underscores. */
const secretNames =
  /passphrase|password|secret|seed|privatekey|apikey|token|authorization|cookie|jwt|sharedkey|linkkey/;

/** The fields as they are written. */
export function readableFields(fields: LogFields): Record<string, unknown> {
  return readableObject(fields, depthMax);
}

function readable(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return `[${typeof value}]`;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return readableBytes(value);
  if (depth === 0) return "[deeper]";
  if (value instanceof Error) return readableError(value, depth - 1);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return readableObject(Object.fromEntries(value), depth - 1);
  if (value instanceof Set) return readableList([...value], depth - 1);
  if (Array.isArray(value)) return readableList(value, depth - 1);
  return readableObject(value, depth - 1);
}

function readableObject(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, elementsMax);
  return Object.fromEntries(
    entries.map(([name, field]) => [name, isSecret(name) ? redacted : readable(field, depth)]),
  );
}

function readableList(list: readonly unknown[], depth: number): unknown[] {
  return list.slice(0, elementsMax).map((element) => readable(element, depth));
}

function readableError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const own = readableObject(error, depth);
  return { ...own, name, message, stack, cause: readable(cause, depth) };
}

function readableBytes(bytes: Uint8Array): string {
  const text = hexEncode(bytes.subarray(0, bytesMax));
  return bytes.length > bytesMax ? `${text}… (${bytes.length} bytes)` : text;
}

function isSecret(name: string): boolean {
  return secretNames.test(name.toLowerCase().replaceAll(/[-_]/g, ""));
}
