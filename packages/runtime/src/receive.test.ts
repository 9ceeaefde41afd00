import { bytesConcat, bytesEqual } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  type AdmissionContext,
  asEpoch,
  asView,
  type ClusterConfig,
  digestClusterConfig,
  encodeNote,
  keyIdOf,
  type Message,
  signMessage,
} from "@quorate/protocol";
import { expect, test } from "vitest";
import { receive } from "./receive.ts";

const keys = [0, 1, 2].map((index) => new Uint8Array(32).fill(index + 1));

const config: ClusterConfig = {
  clusterId: new Uint8Array(32).fill(9),
  epoch: asEpoch(0),
  pipelineMax: 8,
  checkpointOps: 64,
  checkpointBytes: 1_048_576,
  createdAtMs: 0,
  members: keys.map((publicKey, index) => ({
    id: `r${index}`,
    address: `http://r${index}`,
    publicKey,
    role: "voter",
  })),
  gateways: [],
  operators: [],
  operatorThreshold: 0,
};

/** A keyed hash stands for the signature: only who holds the key can make it. */
const seal = (publicKey: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const half = sha256(publicKey, bytes);
  return bytesConcat(half, half);
};

const admission: AdmissionContext = {
  config,
  configDigest: digestClusterConfig(config, sha256),
  sha256,
  verify: (publicKey, bytes, signature) => bytesEqual(seal(publicKey, bytes), signature),
  incarnationOf: () => 0,
};

function said(sender: number, message: Message): Uint8Array {
  const publicKey = keys[sender] ?? new Uint8Array(32);
  const { clusterId, epoch } = config;
  const place = { clusterId, epoch, configDigest: admission.configDigest, view: asView(1) };
  const signer = {
    role: "replica" as const,
    sender,
    keyId: keyIdOf(publicKey, sha256),
    incarnation: 0,
    sign: (bytes: Uint8Array) => seal(publicKey, bytes),
  };
  return signMessage(message, place, signer, sha256);
}

const vote = { command: "startViewChange" } as const;
const read = encodeNote({
  note: "readRequest",
  readId: 1,
  consistency: "stale",
  question: new Uint8Array(1),
});

test("a peer's own statement becomes an input", () => {
  const received = receive(admission, { kind: "replica", index: 1 }, said(1, vote));
  expect(received).toMatchObject({ ok: true, input: { kind: "statement" } });
});

test("A5 another member's statement is refused on this link, however well it is signed", () => {
  const received = receive(admission, { kind: "replica", index: 1 }, said(2, vote));
  expect(received).toEqual({ ok: false, reason: "not-the-peer" });
});

test("a statement that a bit was flipped in is refused", () => {
  const packet = said(1, vote);
  packet[packet.length - 1] = (packet.at(-1) ?? 0) ^ 1;
  const received = receive(admission, { kind: "replica", index: 1 }, packet);
  expect(received).toEqual({ ok: false, reason: "signature" });
});

test("a gateway's read becomes an input, a member's does not", () => {
  const fromGateway = receive(admission, { kind: "gateway", index: 0 }, read);
  expect(fromGateway).toMatchObject({ ok: true, input: { kind: "read" } });
  const fromMember = receive(admission, { kind: "replica", index: 1 }, read);
  expect(fromMember).toEqual({ ok: false, reason: "unknown-sender" });
});

test("a note that is for gateways is no input of a replica", () => {
  const note = encodeNote({ note: "notPrimary", view: asView(1) });
  const received = receive(admission, { kind: "gateway", index: 0 }, note);
  expect(received).toEqual({ ok: false, reason: "unknown-sender" });
});

test("bytes that are neither statement nor note are malformed", () => {
  for (const packet of [new Uint8Array(0), Uint8Array.of(0x7b), Uint8Array.of(0xff, 1, 2)]) {
    const received = receive(admission, { kind: "replica", index: 1 }, packet);
    expect(received).toEqual({ ok: false, reason: "malformed" });
  }
});
