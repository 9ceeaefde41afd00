/** One value of every kind that is encoded, with no two fields alike: the golden bytes' source. */
import { sha256 } from "@quorate/prelude/testing";
import { utf8Encode } from "@quorate/prelude";
import type { ClusterConfig } from "../cluster-config.ts";
import type { EntryBody, EntryHeader } from "../entry.ts";
import type { Message } from "../messages.ts";
import type { Note } from "../notes.ts";
import { asEpoch, asOp, asRequestNumber, asTimestampMicros, asView } from "../numbers.ts";
import type { Superblock } from "../superblock.ts";

/** Thirty-two bytes that a text stands for. */
export const bytesNamed = (text: string): Uint8Array => sha256(utf8Encode(text));

const epoch = asEpoch(0x0102);
const view = asView(0x0304);
const op = asOp(0x05_0607_0809);
const commit = asOp(0x0a0b);
const hash = bytesNamed("header hash");
const nonce = 0x0c0d_0e0f;
const nonce16 = bytesNamed("nonce").slice(0, 16);
const head = { op, hash };
const session = { op: asOp(0x1011), index: 0x12 };
const number = asRequestNumber(0x1314);
const votes = [utf8Encode("vote one"), utf8Encode("vote two")];

export const exampleHeader: EntryHeader = {
  epoch,
  view,
  op,
  parent: bytesNamed("parent"),
  timestampMicros: asTimestampMicros(1_790_000_000_000_001),
  requestsDigest: bytesNamed("requests"),
  bodyBytes: 0x1516,
};

export const exampleBody: EntryBody = {
  random: bytesNamed("random").slice(0, 16),
  items: [
    { kind: "pulse" },
    { kind: "request", statement: utf8Encode("first request") },
    { kind: "request", statement: utf8Encode("second request") },
  ],
};

const certificate = {
  epoch,
  view,
  op: commit,
  headerHash: bytesNamed("certified"),
  signatures: [0, 2].map((sender) => ({
    sender,
    keyId: bytesNamed(`key ${sender}`).slice(0, 8),
    incarnation: sender + 1,
    signature: new Uint8Array(64).fill(0xa0 + sender),
  })),
};

const checkpoint = {
  epoch,
  view,
  op: commit,
  headHash: bytesNamed("checkpoint head"),
  stateRoot: bytesNamed("state root"),
  signatures: certificate.signatures,
};

export const exampleMessages: readonly Message[] = [
  { command: "prepare", header: exampleHeader, commit, certificate },
  { command: "prepareOk", op, headerHash: hash },
  { command: "commit", commit, certificate: null, head, nonce },
  { command: "commitOk", nonce, stored: op, clockMicros: 0x17_1615_1413, isBarred: true },
  { command: "startViewChange" },
  { command: "viewProof", votes },
  {
    command: "doViewChange",
    lastNormalView: asView(0x0203),
    head,
    commit,
    headers: [
      { header: exampleHeader, state: "present" },
      { header: exampleHeader, state: "corrupt" },
    ],
  },
  { command: "startView", head, commit, votes, doViewChanges: [utf8Encode("change")] },
  { command: "getState", nonce, top: head, bottom: commit },
  { command: "newState", nonce, headers: [exampleHeader], checkpoint },
  { command: "getEntries", nonce, wanted: [head] },
  { command: "entries", nonce, headers: [exampleHeader] },
  {
    command: "checkpoint",
    op: commit,
    headHash: bytesNamed("checkpoint head"),
    stateRoot: bytesNamed("state root"),
  },
  { command: "checkpointCertificate", checkpoint },
  { command: "getBlocks", nonce, digests: [bytesNamed("one block"), bytesNamed("another")] },
  { command: "blocks", nonce, lengths: [0x1d1e, null] },
  { command: "stepDown" },
  { command: "recovery", nonce: nonce16 },
  { command: "recoveryResponse", nonce: nonce16, head, commit },
  { command: "readmission", nonce: nonce16 },
  { command: "readmitted", header: exampleHeader, certificate, votes },
  { command: "remembered", statements: votes },
  { command: "rejectClock", op, aheadMicros: 3_600_000_000 },
  { command: "register", nonce: nonce16 },
  { command: "request", session, number, operations: [utf8Encode("one"), utf8Encode("two")] },
];

export const exampleNotes: readonly Note[] = [
  { note: "reply", session, number, epoch, view, op, results: [utf8Encode("result")] },
  { note: "registered", nonce: nonce16, session },
  { note: "evicted", session },
  { note: "notPrimary", view },
  { note: "overloaded", session, number },
  { note: "readRequest", readId: nonce, consistency: "stale", question: utf8Encode("question") },
  { note: "readReply", readId: nonce, epoch, view, op, answer: utf8Encode("answer") },
  { note: "ready", queues: ["orders", "Aufträge"] },
  {
    note: "status",
    status: "view-change",
    epoch,
    view,
    head: op,
    commit,
    isActingPrimary: true,
    version: "1.2.3",
    fsyncMicrosP99: 1_500,
    statementRejects: 17,
    acknowledgedAgoMs: [0, null, 250],
    storedOps: [op, commit, op],
    inFlight: [{ op, acks: [0, 2] }],
  },
];

export const exampleConfig: ClusterConfig = {
  clusterId: bytesNamed("cluster"),
  epoch,
  pipelineMax: 32,
  checkpointOps: 0x1718,
  checkpointBytes: 0x191a_1b1c,
  createdAtMs: 1_790_000_000_000,
  members: [
    {
      id: "replica-a",
      address: "http://127.0.0.1:7001",
      publicKey: bytesNamed("member a"),
      role: "voter",
    },
    {
      id: "replica-b",
      address: "http://127.0.0.1:7002",
      publicKey: bytesNamed("member b"),
      role: "learner",
    },
  ],
  gateways: [{ id: "gateway-a", publicKey: bytesNamed("gateway a") }],
  operators: [{ id: "operator-a", publicKey: bytesNamed("operator a") }],
  operatorThreshold: 1,
};

export const exampleSuperblock: Superblock = {
  clusterId: bytesNamed("cluster"),
  configDigest: bytesNamed("configuration"),
  replica: 1,
  incarnation: 2,
  boot: 3,
  epoch,
  view,
  lastNormalView: asView(0x0203),
  commit,
  head,
  isHeadUncertain: true,
  isDiskLost: true,
  barredView: asView(0x0306),
  incarnations: [0, 2].map((incarnation) => ({ incarnation, view: asView(0x0203) })),
  remembered: votes,
  viewProof: votes,
  doViewChange: utf8Encode("change"),
  base: {
    op: commit,
    hash: bytesNamed("base"),
    timestampMicros: asTimestampMicros(1_790_000_000_000_000),
  },
  checkpoints: [checkpoint],
};
