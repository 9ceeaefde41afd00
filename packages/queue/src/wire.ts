import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";

/** Writes whether there is a value, then the value. */
export function optional<T>(writer: ByteWriter, value: T | null, write: (value: T) => void): void {
  writer.bool(value !== null);
  if (value !== null) write(value);
}

/** Reads what `optional` wrote. Throws DecodeError. */
export function readOptional<T>(reader: ByteReader, read: () => T): T | null {
  return reader.bool() ? read() : null;
}

/** The value, which was read from outside. Throws DecodeError below `min` and above `max`. */
export function readRange(value: number, min: number, max: number): number {
  if (value < min || value > max) throw new DecodeError(`${value} is not in ${min} to ${max}`);
  return value;
}

/** One of the choices, by its position. Throws DecodeError for a position that has none. */
export function readChoice<T>(reader: ByteReader, choices: readonly T[]): T {
  const choice = choices[reader.u8()];
  if (choice === undefined) throw new DecodeError("unknown choice");
  return choice;
}
