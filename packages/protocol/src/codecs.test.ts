import { ByteReader, ByteWriter, DecodeError } from "@quorate/prelude";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterConfigCodec } from "./cluster-config.ts";
import type { Codec } from "./codec.ts";
import { entryHeaderBytes, entryHeaderCodec } from "./entry.ts";
import { commands, messages } from "./messages.ts";
import { decodeNote, encodeNote, type NoteName, notes } from "./notes.ts";
import { decodeBody, encodeBody } from "./statement.ts";
import { superblockCodec } from "./superblock.ts";
import {
  anyConfig,
  anyEntryHeader,
  anyMessage,
  anyNote,
  anySuperblock,
} from "./testing/arbitrary.ts";

/** One kind of bytes on the wire or on the disk, with its values. */
interface Kind {
  readonly name: string;
  readonly values: fc.Arbitrary<unknown>;
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

function kindOf<T>(name: string, codec: Codec<T>, values: fc.Arbitrary<T>): Kind {
  return {
    name,
    values,
    encode: (value) => {
      const writer = new ByteWriter();
      codec.encode(writer, value as T);
      return writer.finish();
    },
    decode: (bytes) => {
      const reader = new ByteReader(bytes);
      const value = codec.decode(reader);
      reader.end();
      return value;
    },
  };
}

const noteNames = Object.keys(notes) as NoteName[];
const kinds: readonly Kind[] = [
  ...commands.map((command) => ({
    name: `message ${command}`,
    values: anyMessage(command),
    encode: (value: unknown) => encodeBody(value as never),
    decode: (bytes: Uint8Array) => decodeBody(command, bytes),
  })),
  ...noteNames.map((note) => ({
    name: `note ${note}`,
    values: anyNote(note),
    encode: (value: unknown) => encodeNote(value as never),
    decode: decodeNote,
  })),
  kindOf("superblock", superblockCodec, anySuperblock),
  kindOf("configuration", clusterConfigCodec, anyConfig),
  kindOf("entry header", entryHeaderCodec, anyEntryHeader),
];

/** The value, or null when the bytes are refused. Any error but DecodeError is a bug. */
function decodeOrNull(kind: Kind, bytes: Uint8Array): { readonly value: unknown } | null {
  try {
    return { value: kind.decode(bytes) };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

const runs = { numRuns: 40 };

describe.each(kinds)("$name", (kind) => {
  it("decodes to the value that was encoded", () => {
    fc.assert(
      fc.property(kind.values, (value) => {
        expect(kind.decode(kind.encode(value))).toEqual(value);
      }),
      runs,
    );
  });

  it("is refused when it is cut off anywhere or followed by anything", () => {
    fc.assert(
      fc.property(kind.values, fc.nat(), fc.nat(255), (value, cut, extra) => {
        const bytes = kind.encode(value);
        if (bytes.length > 0) {
          expect(decodeOrNull(kind, bytes.subarray(0, cut % bytes.length))).toBeNull();
        }
        expect(decodeOrNull(kind, Uint8Array.from([...bytes, extra]))).toBeNull();
      }),
      runs,
    );
  });

  it("has one spelling: changed bytes are refused, or are the spelling of another value", () => {
    fc.assert(
      fc.property(kind.values, fc.nat(), fc.nat(255), (value, at, byte) => {
        const bytes = kind.encode(value);
        if (bytes.length === 0) return;
        bytes[at % bytes.length] = byte;
        const decoded = decodeOrNull(kind, bytes);
        if (decoded !== null) expect(kind.encode(decoded.value)).toEqual(bytes);
      }),
      { numRuns: 100 },
    );
  });

  it("of random bytes is refused, or is their one spelling, with no error but DecodeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = decodeOrNull(kind, bytes);
        if (decoded !== null) expect(kind.encode(decoded.value)).toEqual(bytes);
      }),
      runs,
    );
  });
});

describe("limits", () => {
  it("an entry header has one length", () => {
    fc.assert(
      fc.property(anyEntryHeader, (header) => {
        const writer = new ByteWriter();
        entryHeaderCodec.encode(writer, header);
        expect(writer.bytesWritten).toBe(entryHeaderBytes);
      }),
      runs,
    );
  });

  it("every message of a gateway and none of a replica's is marked as such", () => {
    const ofGateways = commands.filter((command) => messages[command].from === "gateway");
    expect(ofGateways).toEqual(["register", "request"]);
  });

  it("a count above its limit is refused before anything is read", () => {
    const writer = new ByteWriter().u32(8);
    expect(() => decodeBody("viewProof", writer.finish())).toThrow(DecodeError);
  });
});
