/**
 * The bytes of one example of everything that is encoded. They never change within format 1: what
 * was signed, stored or sent by an older build must be read by every newer one.
 */
import { ByteReader, ByteWriter, hexDecode, hexEncode, present } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import { describe, expect, it } from "vitest";
import { clusterConfigCodec, digestClusterConfig, keyIdOf } from "./cluster-config.ts";
import type { Codec } from "./codec.ts";
import {
  decodeEntryBody,
  decodeEntryHeader,
  digestEntryBody,
  encodeEntryBody,
  encodeEntryHeader,
  genesisHash,
  hashEntryHeader,
} from "./entry.ts";
import golden from "./golden/format-1.json" with { type: "json" };
import { commands } from "./messages.ts";
import { decodeNote, encodeNote, notes } from "./notes.ts";
import { asView } from "./numbers.ts";
import { decodeBody, encodeBody, signMessage } from "./statement.ts";
import { superblockCodec } from "./superblock.ts";
import {
  bytesNamed,
  exampleBody,
  exampleConfig,
  exampleHeader,
  exampleMessages,
  exampleNotes,
  exampleSuperblock,
} from "./testing/examples.ts";

const bytesOf = new Map(Object.entries(golden).map(([name, hex]) => [name, hexDecode(hex)]));

function goldenBytes(name: string): Uint8Array {
  return present(bytesOf.get(name), `golden bytes of ${name}`);
}

function encoded<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new ByteWriter();
  codec.encode(writer, value);
  return writer.finish();
}

describe("messages", () => {
  it("all have an example", () => {
    expect(exampleMessages.map(({ command }) => command)).toEqual(commands);
    expect(exampleNotes.map(({ note }) => note)).toEqual(Object.keys(notes));
  });

  it.each(exampleMessages)("$command has these bytes", (message) => {
    const bytes = goldenBytes(`message ${message.command}`);
    expect(hexEncode(encodeBody(message))).toBe(hexEncode(bytes));
    expect(decodeBody(message.command, bytes)).toEqual(message);
  });

  it.each(exampleNotes)("note $note has these bytes", (note) => {
    const bytes = goldenBytes(`note ${note.note}`);
    expect(hexEncode(encodeNote(note))).toBe(hexEncode(bytes));
    expect(decodeNote(bytes)).toEqual(note);
  });

  it("a statement has these bytes around its body", () => {
    const [message] = exampleMessages;
    const { clusterId, epoch } = exampleConfig;
    const configDigest = digestClusterConfig(exampleConfig, sha256);
    const place = { clusterId, epoch, configDigest, view: asView(0x0304) };
    const signer = {
      role: "replica",
      sender: 1,
      keyId: bytesNamed("key").slice(0, 8),
      incarnation: 9,
      sign: () => new Uint8Array(64).fill(0xee),
    } as const;
    const statement = signMessage(present(message), place, signer, sha256);
    expect(hexEncode(statement)).toBe(hexEncode(goldenBytes("statement")));
  });
});

describe("entries, configurations and superblocks", () => {
  it("an entry header has these bytes and this hash", () => {
    const bytes = goldenBytes("entry header");
    expect(hexEncode(encodeEntryHeader(exampleHeader))).toBe(hexEncode(bytes));
    expect(decodeEntryHeader(bytes)).toEqual(exampleHeader);
    expect(hashEntryHeader(exampleHeader, sha256)).toEqual(goldenBytes("entry header hash"));
  });

  it("an entry body has these bytes and this digest", () => {
    const bytes = goldenBytes("entry body");
    expect(hexEncode(encodeEntryBody(exampleBody))).toBe(hexEncode(bytes));
    expect(decodeEntryBody(bytes)).toEqual(exampleBody);
    expect(digestEntryBody(exampleBody, sha256)).toEqual(goldenBytes("entry body digest"));
  });

  it("a configuration has these bytes, this digest and this genesis", () => {
    const bytes = goldenBytes("configuration");
    expect(hexEncode(encoded(clusterConfigCodec, exampleConfig))).toBe(hexEncode(bytes));
    expect(clusterConfigCodec.decode(new ByteReader(bytes))).toEqual(exampleConfig);
    const digest = digestClusterConfig(exampleConfig, sha256);
    expect(digest).toEqual(goldenBytes("configuration digest"));
    expect(genesisHash(digest, sha256)).toEqual(goldenBytes("genesis"));
  });

  it("a superblock has these bytes", () => {
    const bytes = goldenBytes("superblock");
    expect(hexEncode(encoded(superblockCodec, exampleSuperblock))).toBe(hexEncode(bytes));
    expect(superblockCodec.decode(new ByteReader(bytes))).toEqual(exampleSuperblock);
  });

  it("a key id is the first bytes of its key's digest", () => {
    expect(keyIdOf(bytesNamed("member a"), sha256)).toEqual(goldenBytes("key id"));
  });
});
