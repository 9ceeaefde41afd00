import { base32Encode, Prng, utf8Encode } from "@quorate/prelude";
import { expect, test } from "vitest";
import {
  dedupIdHash,
  dequeueIdHash,
  idempotencyKeyHash,
  messageFingerprint,
} from "./fingerprint.ts";
import { leaseIdText, messageIdText, parseLeaseId, parseMessageId } from "./ids.ts";
import { decodeHeaders, encodeHeaders, headerTextBytes } from "./message-headers.ts";
import { sha256 } from "@quorate/prelude/testing";

test("an id is its prefix and the base32 of op and index, and parses back", () => {
  const prng = new Prng(1);
  for (let round = 0; round < 500; round++) {
    const op = prng.pick([0, 1, prng.next(), prng.next() * 2 ** 20, Number.MAX_SAFE_INTEGER]);
    const index = prng.pick([0, 7, prng.next(), 0xffff_ffff]);
    const bytes = new DataView(new ArrayBuffer(12));
    bytes.setBigUint64(0, BigInt(op));
    bytes.setUint32(8, index);
    const digits = base32Encode(new Uint8Array(bytes.buffer));
    expect(messageIdText({ op, index })).toBe(`m_${digits}`);
    expect(parseMessageId(`m_${digits}`)).toEqual({ op, index });
    expect(parseLeaseId(leaseIdText({ fence: op, tag: index }))).toEqual({ fence: op, tag: index });
  }
});

test("ids sort as their messages' ages", () => {
  const texts = [
    { op: 1, index: 9 },
    { op: 1, index: 10 },
    { op: 2, index: 0 },
    { op: 2 ** 40, index: 0 },
  ].map(messageIdText);
  expect(texts.toSorted()).toEqual(texts);
});

test("what is not exactly an id is null", () => {
  const id = messageIdText({ op: 5, index: 5 });
  const wrong = ["", "m_", id.slice(1), `${id}0`, id.toUpperCase(), id.replace("m_", "l_")];
  for (const text of [...wrong, `m_${"z".repeat(20)}`, `m_0000000000000000000u`]) {
    expect(parseMessageId(text), text).toBeNull();
  }
  // 2^53: the first number above all that are given out.
  expect(parseMessageId("m_00100000000000000000")).toBeNull();
});

test("everything that a fingerprint names changes it, and nothing slips from part to part", () => {
  const input = {
    kind: "json",
    contentType: utf8Encode("application/json"),
    groupId: utf8Encode("g"),
    notBeforeMs: 0,
    body: utf8Encode("1"),
  } as const;
  const variants = [
    input,
    { ...input, kind: "bytes" as const },
    { ...input, contentType: utf8Encode("application/jso"), groupId: utf8Encode("ng") },
    { ...input, groupId: null },
    { ...input, groupId: null, body: utf8Encode("g1") },
    { ...input, notBeforeMs: null },
    { ...input, notBeforeMs: 1 },
    { ...input, body: utf8Encode("2") },
  ];
  const prints = variants.map((variant) => messageFingerprint(sha256, variant).join());
  expect(new Set(prints).size).toBe(variants.length);
  expect(messageFingerprint(sha256, { ...input }).join()).toBe(prints[0]);
});

test("keys are private to the principal and to their purpose", () => {
  const keys = [
    idempotencyKeyHash(sha256, "a", "bc"),
    idempotencyKeyHash(sha256, "ab", "c"),
    dequeueIdHash(sha256, "a", "bc"),
    dedupIdHash(sha256, utf8Encode("abc")),
  ];
  expect(new Set(keys.map((key) => key.join())).size).toBe(4);
  for (const key of keys) expect(key.length).toBe(16);
});

test("headers come back in order, and only names and values count as bytes", () => {
  const headers = [
    ["b", "1"],
    ["a", "é"],
  ] as const;
  const bytes = encodeHeaders(headers);
  expect(decodeHeaders(bytes)).toEqual(headers);
  expect(headerTextBytes(bytes)).toBe(5);
  expect(headerTextBytes(bytes.slice(0, -1))).toBeNull();
  expect(headerTextBytes(encodeHeaders([]))).toBe(0);
  const many = Array.from({ length: 33 }, (_, index) => [`h${index}`, ""] as const);
  expect(headerTextBytes(encodeHeaders(many))).toBeNull();
});
