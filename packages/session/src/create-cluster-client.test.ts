import type { PeerId, TransportEvents } from "@quorate/ports";
import { asEpoch, asOp, asView, encodeNote, type Note } from "@quorate/protocol";
import { signedConfig } from "@quorate/protocol/testing";
import { expect, test } from "vitest";
import type { CallSignal } from "./cluster-client.ts";
import { createClusterClient } from "./create-cluster-client.ts";
import { sessionCount } from "./limits.ts";

const primary = 1;
const primaryId: PeerId = { kind: "replica", index: primary };

const leads: Note = {
  note: "status",
  status: "normal",
  epoch: asEpoch(0),
  view: asView(1),
  head: asOp(0),
  commit: asOp(0),
  isActingPrimary: true,
  version: "1",
  fsyncMicrosP99: null,
  statementRejects: 0,
  acknowledgedAgoMs: [0, 0, 0],
  storedOps: [],
  inFlight: [],
};

/** A client with registered sessions, to whose requests nobody answers. */
function registeredClient() {
  const soon: (() => void)[] = [];
  const packets: Uint8Array[] = [];
  const nonces: Uint8Array[] = [];
  const heard: TransportEvents[] = [];
  const client = createClusterClient({
    config: signedConfig,
    gatewayIndex: 0,
    signer: { publicKey: new Uint8Array(32), sign: () => new Uint8Array(64) },
    crypto: {
      sha256: () => new Uint8Array(32),
      randomBytes: (length) => {
        nonces.push(new Uint8Array(length).fill(nonces.length + 1));
        return nonces.at(-1) ?? new Uint8Array(length);
      },
      verify: () => true,
    },
    clock: {
      monotonicMs: () => 0,
      wallMicros: () => 0,
      after: () => () => undefined,
      soon: (callback) => void soon.push(callback),
    },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    connect: (events) => {
      heard.push(events);
      return {
        start: () => Promise.resolve(),
        stop: () => Promise.resolve(),
        send: (_peer, packet) => packets.push(packet) > 0,
        bytesWaiting: () => 0,
        linked: () => [],
        rejects: () => new Map(),
      };
    },
  });
  const turn = (): void => soon.splice(0).forEach((callback) => callback());
  const tell = (note: Note): void => heard[0]?.onPacket(primaryId, encodeNote(note));
  for (const index of [0, primary]) heard[0]?.onLinkUp({ kind: "replica", index });
  tell(leads);
  turn();
  for (const nonce of nonces) {
    tell({ note: "registered", nonce, session: { op: asOp(1), index: nonce[0] ?? 0 } });
  }
  turn();
  expect(packets).toHaveLength(sessionCount);
  return { client, packets, turn };
}

test("an operation whose caller goes before it is handed out is not sent, and ends", async () => {
  const { client, packets, turn } = registeredClient();
  const before = packets.length;
  const listeners: (() => void)[] = [];
  const signal: CallSignal = {
    aborted: false,
    addEventListener: (_type, listener) => void listeners.push(listener),
    removeEventListener() {},
  };
  const given = client.execute(Uint8Array.of(1), { timeoutMs: 1000, signal });
  for (const abort of listeners) abort();
  turn();
  await expect(given).rejects.toMatchObject({ code: "overloaded" });
  expect(packets).toHaveLength(before);
});
