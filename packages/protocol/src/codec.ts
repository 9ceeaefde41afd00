/**
 * Combinators for canonical bytes: one declaration gives the type, the encoder and the decoder.
 *
 * Decoders throw DecodeError; `encode(decode(bytes))` gives the same bytes, because every value
 * has exactly one spelling.
 */
import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";

export interface Codec<T> {
  encode(writer: ByteWriter, value: T): void;
  decode(reader: ByteReader): T;
}

/** The type that a codec reads and writes. */
export type Coded<C> = C extends Codec<infer T> ? T : never;

export const u8: Codec<number> = {
  encode: (writer, value) => void writer.u8(value),
  decode: (reader) => reader.u8(),
};

export const u16: Codec<number> = {
  encode: (writer, value) => void writer.u16(value),
  decode: (reader) => reader.u16(),
};

export const u32: Codec<number> = {
  encode: (writer, value) => void writer.u32(value),
  decode: (reader) => reader.u32(),
};

export const u64: Codec<number> = {
  encode: (writer, value) => void writer.u64(value),
  decode: (reader) => reader.u64(),
};

export const bool: Codec<boolean> = {
  encode: (writer, value) => void writer.bool(value),
  decode: (reader) => reader.bool(),
};

/** A branded number: the same bytes, another type. */
export function numberAs<T extends number>(
  codec: Codec<number>,
  as: (value: number) => T,
): Codec<T> {
  return {
    encode: (writer, value) => codec.encode(writer, value),
    decode: (reader) => as(codec.decode(reader)),
  };
}

/** Exactly `length` bytes. */
export function fixed(length: number): Codec<Uint8Array> {
  return {
    encode: (writer, value) => {
      if (value.length !== length) throw new DecodeError(`${value.length} bytes, not ${length}`);
      writer.raw(value);
    },
    decode: (reader) => reader.raw(length),
  };
}

/** A length and at most `lengthMax` bytes. */
export function bytes(lengthMax: number): Codec<Uint8Array> {
  return {
    encode: (writer, value) => void writer.bytes(value),
    decode: (reader) => reader.lengthPrefixed(lengthMax),
  };
}

/** A length and at most `lengthMax` bytes of UTF-8. */
export function text(lengthMax: number): Codec<string> {
  return {
    encode: (writer, value) => void writer.string(value),
    decode: (reader) => reader.string(lengthMax),
  };
}

/** A count and at most `countMax` items. */
export function list<T>(item: Codec<T>, countMax: number): Codec<readonly T[]> {
  return {
    encode: (writer, value) => {
      writer.u32(value.length);
      for (const each of value) item.encode(writer, each);
    },
    decode: (reader) => {
      const count = reader.count(countMax);
      const items: T[] = [];
      for (let index = 0; index < count; index++) items.push(item.decode(reader));
      return items;
    },
  };
}

/** One byte, 0 or 1, and the value when it is 1. */
export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    encode: (writer, value) => {
      writer.bool(value !== null);
      if (value !== null) codec.encode(writer, value);
    },
    decode: (reader) => (reader.bool() ? codec.decode(reader) : null),
  };
}

/** One byte: the position of a word in a fixed list, which only ever grows at its end. */
export function oneOf<const W extends readonly string[]>(words: W): Codec<W[number]> {
  return {
    encode: (writer, value) => void writer.u8(words.indexOf(value)),
    decode: (reader) => {
      const word = words[reader.u8()];
      if (word === undefined) throw new DecodeError("unknown word");
      return word;
    },
  };
}

type Fields = Readonly<Record<string, Codec<unknown>>>;
/** The record that a table of field codecs reads and writes. */
export type RecordOf<F> = { readonly [K in keyof F]: Coded<F[K]> };

/** The fields one after the other, in the order of their declaration. */
export function record<F extends Fields>(fields: F): Codec<RecordOf<F>> {
  const entries = Object.entries(fields);
  return {
    encode: (writer, value) => {
      const values: Readonly<Record<string, unknown>> = value;
      for (const [name, codec] of entries) codec.encode(writer, values[name]);
    },
    decode: (reader) => {
      const values: Record<string, unknown> = {};
      for (const [name, codec] of entries) values[name] = codec.decode(reader);
      return values as RecordOf<F>;
    },
  };
}
