import { ByteWriter, DecodeError, present, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeEntryBody,
  digestEntryBody,
  encodeEntryBody,
  type EntryBody,
  type EntryItem,
  hashEntryHeader,
  isBodyOf,
} from "./entry.ts";
import { requestsPerEntryMax } from "./limits.ts";
import { anyEntryBody, anyEntryHeader } from "./testing/arbitrary.ts";
import { exampleBody, exampleHeader } from "./testing/examples.ts";

const request = (text: string): EntryItem => ({ kind: "request", statement: utf8Encode(text) });

describe("an entry's body", () => {
  it("decodes to what was encoded, and has one spelling", () => {
    fc.assert(
      fc.property(anyEntryBody, fc.nat(), fc.nat(255), (body, at, byte) => {
        const bytes = encodeEntryBody(body);
        expect(decodeEntryBody(bytes)).toEqual(body);
        bytes[at % bytes.length] = byte;
        try {
          expect(encodeEntryBody(decodeEntryBody(bytes))).toEqual(bytes);
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }),
    );
  });

  it("is refused when it is cut off, trailed, of an unknown kind or of too many items", () => {
    const bytes = encodeEntryBody(exampleBody);
    expect(() => decodeEntryBody(bytes.subarray(0, -1))).toThrow(DecodeError);
    expect(() => decodeEntryBody(Uint8Array.from([...bytes, 0]))).toThrow(DecodeError);
    const random = new Uint8Array(16);
    const unknown = new ByteWriter().raw(random).u32(1).u8(2).finish();
    expect(() => decodeEntryBody(unknown)).toThrow(DecodeError);
    const pulses = (count: number) =>
      encodeEntryBody({ random, items: Array.from({ length: count }, () => ({ kind: "pulse" })) });
    expect(decodeEntryBody(pulses(requestsPerEntryMax)).items).toHaveLength(requestsPerEntryMax);
    expect(() => decodeEntryBody(pulses(requestsPerEntryMax + 1))).toThrow(DecodeError);
  });
});

describe("an entry's digest", () => {
  it("binds every item, its kind and its place", () => {
    const bodies: EntryBody[] = [
      exampleBody,
      { ...exampleBody, random: new Uint8Array(16) },
      { ...exampleBody, items: exampleBody.items.toReversed() },
      { ...exampleBody, items: exampleBody.items.slice(1) },
      { ...exampleBody, items: [] },
      { ...exampleBody, items: [request("ab"), request("c")] },
      { ...exampleBody, items: [request("a"), request("bc")] },
      { ...exampleBody, items: [request("abc")] },
    ];
    const digests = bodies.map((body) => String(digestEntryBody(body, sha256)));
    expect(new Set(digests).size).toBe(bodies.length);
  });

  it("takes no inner node for a leaf: a level of the tree is not a body", () => {
    const items = ["a", "b", "c"].map((text) => request(text));
    const digest = digestEntryBody({ ...exampleBody, items }, sha256);
    const leaf = (item: EntryItem): Uint8Array => {
      const bytes = item.kind === "request" ? item.statement : new Uint8Array(0);
      return sha256(Uint8Array.of(0), Uint8Array.of(0), bytes);
    };
    const [b, c] = [leaf(present(items[1])), leaf(present(items[2]))];
    const pair = { kind: "request", statement: Uint8Array.from([...b, ...c]) } as const;
    const forged = { ...exampleBody, items: [present(items[0]), pair] };
    expect(digestEntryBody(forged, sha256)).not.toEqual(digest);
  });

  it("is the header's, or the body is not its body", () => {
    const body = encodeEntryBody(exampleBody);
    const requestsDigest = digestEntryBody(exampleBody, sha256);
    const header = { ...exampleHeader, requestsDigest, bodyBytes: body.length };
    expect(isBodyOf(header, body, sha256)).toBe(true);
    expect(isBodyOf({ ...header, bodyBytes: body.length + 1 }, body, sha256)).toBe(false);
    expect(isBodyOf(header, new Uint8Array(body.length), sha256)).toBe(false);
    for (let at = 0; at < body.length; at++) {
      const changed = body.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(isBodyOf(header, changed, sha256)).toBe(false);
    }
  });
});

it("an entry's hash binds every field of its header", () => {
  fc.assert(
    fc.property(anyEntryHeader, anyEntryHeader, (one, other) => {
      const hash = hashEntryHeader(one, sha256);
      for (const [name, value] of Object.entries(other)) {
        const changed = { ...one, [name]: value };
        const isSame = String(Object.values(changed)) === String(Object.values(one));
        expect(String(hashEntryHeader(changed, sha256)) === String(hash)).toBe(isSame);
      }
    }),
    { numRuns: 30 },
  );
});
