/** Values of every kind that the protocol encodes, for property tests. */
import fc from "fast-check";
import { clusterIdBytes, keyIdBytes, publicKeyBytes } from "../cluster-config.ts";
import type { ClusterConfig } from "../cluster-config.ts";
import { signatureBytes } from "../certificate.ts";
import type { EntryBody, EntryHeader } from "../entry.ts";
import type { Command, Message, MessageOf } from "../messages.ts";
import { type Note, type NoteName, type NoteOf, replicaStatuses } from "../notes.ts";
import { asEpoch, asOp, asRequestNumber, asTimestampMicros, asView } from "../numbers.ts";
import type { Superblock } from "../superblock.ts";

const number = fc.maxSafeNat();
const op = number.map((value) => asOp(value));
const view = number.map((value) => asView(value));
const epoch = number.map((value) => asEpoch(value));
const requestNumber = number.map((value) => asRequestNumber(value));
const timestampMicros = number.map((value) => asTimestampMicros(value));
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const some = fc.uint8Array({ maxLength: 40 });
const name = fc.string({ unit: "binary", maxLength: 20 });

function exactly(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

function few<T>(item: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> {
  return fc.array(item, { maxLength: 4 });
}

const digest = exactly(32);
const nonce = exactly(16);
const position = fc.record({ op, hash: digest });
const session = fc.record({ op, index: u32 });
const votes = few(fc.uint8Array({ maxLength: 60 }));

export const anyEntryHeader: fc.Arbitrary<EntryHeader> = fc.record({
  epoch,
  view,
  op,
  parent: digest,
  timestampMicros,
  requestsDigest: digest,
  bodyBytes: u32,
});

export const anyEntryBody: fc.Arbitrary<EntryBody> = fc.record({
  random: exactly(16),
  items: few(
    fc.oneof(
      fc.record({ kind: fc.constant("request"), statement: some }),
      fc.record({ kind: fc.constant("pulse") }),
    ),
  ),
});

const signatures = few(
  fc.record({
    sender: u16,
    keyId: exactly(keyIdBytes),
    incarnation: u32,
    signature: exactly(signatureBytes),
  }),
);

const certificate = fc.record({ epoch, view, op, headerHash: digest, signatures });

const checkpoint = fc.record({
  epoch,
  view,
  op,
  headHash: digest,
  stateRoot: digest,
  signatures,
});

const headersWithState = few(
  fc.record({ header: anyEntryHeader, state: fc.constantFrom("present", "corrupt") }),
);

type Bodies = { readonly [C in Command]: fc.Arbitrary<Omit<MessageOf<C>, "command">> };

const bodies: Bodies = {
  prepare: fc.record({
    header: anyEntryHeader,
    commit: op,
    certificate: fc.option(certificate),
  }),
  prepareOk: fc.record({ op, headerHash: digest }),
  commit: fc.record({
    commit: op,
    certificate: fc.option(certificate),
    head: position,
    nonce: number,
  }),
  commitOk: fc.record({
    nonce: number,
    stored: op,
    clockMicros: number,
    isBarred: fc.boolean(),
  }),
  startViewChange: fc.record({}),
  viewProof: fc.record({ votes }),
  doViewChange: fc.record({
    lastNormalView: view,
    head: position,
    commit: op,
    headers: headersWithState,
  }),
  startView: fc.record({ head: position, commit: op, votes, doViewChanges: few(some) }),
  getState: fc.record({ nonce: number, top: position, bottom: op }),
  newState: fc.record({
    nonce: number,
    headers: few(anyEntryHeader),
    checkpoint: fc.option(checkpoint),
  }),
  getEntries: fc.record({ nonce: number, wanted: few(position) }),
  entries: fc.record({ nonce: number, headers: few(anyEntryHeader) }),
  checkpoint: fc.record({ op, headHash: digest, stateRoot: digest }),
  checkpointCertificate: fc.record({ checkpoint }),
  getBlocks: fc.record({ nonce: number, digests: few(digest) }),
  blocks: fc.record({ nonce: number, lengths: few(fc.option(u32)) }),
  stepDown: fc.record({}),
  recovery: fc.record({ nonce }),
  recoveryResponse: fc.record({ nonce, head: position, commit: op }),
  readmission: fc.record({ nonce: exactly(16) }),
  readmitted: fc.record({ header: anyEntryHeader, certificate, votes }),
  remembered: fc.record({ statements: fc.array(some, { maxLength: 3 }) }),
  rejectClock: fc.record({ op, aheadMicros: number }),
  register: fc.record({ nonce }),
  request: fc.record({ session, number: requestNumber, operations: few(some) }),
};

/** A message of one command, with any fields. */
export function anyMessage(command: Command): fc.Arbitrary<Message> {
  return bodies[command].map((body) => ({ command, ...body }) as Message);
}

type NoteBodies = { readonly [N in NoteName]: fc.Arbitrary<Omit<NoteOf<N>, "note">> };

const noteBodies: NoteBodies = {
  reply: fc.record({ session, number: requestNumber, epoch, view, op, results: few(some) }),
  registered: fc.record({ nonce, session }),
  evicted: fc.record({ session }),
  notPrimary: fc.record({ view }),
  overloaded: fc.record({ session, number: requestNumber }),
  readRequest: fc.record({
    readId: number,
    consistency: fc.constantFrom("linearizable", "stale"),
    question: some,
  }),
  readReply: fc.record({ readId: number, epoch, view, op, answer: fc.option(some) }),
  ready: fc.record({ queues: few(name) }),
  status: fc.record({
    status: fc.constantFrom(...replicaStatuses),
    epoch,
    view,
    head: op,
    commit: op,
    isActingPrimary: fc.boolean(),
    version: name,
    fsyncMicrosP99: fc.option(u32),
    statementRejects: number,
    acknowledgedAgoMs: few(fc.option(u32)),
    storedOps: few(op),
    inFlight: few(fc.record({ op, acks: few(u16) })),
  }),
};

/** A note of one name, with any fields. */
export function anyNote(note: NoteName): fc.Arbitrary<Note> {
  return noteBodies[note].map((body) => ({ note, ...body }) as Note);
}

const holders = few(fc.record({ id: name, publicKey: exactly(publicKeyBytes) }));

export const anyConfig: fc.Arbitrary<ClusterConfig> = fc.record({
  clusterId: exactly(clusterIdBytes),
  epoch,
  pipelineMax: u16,
  checkpointOps: u32,
  checkpointBytes: u32,
  createdAtMs: number,
  members: few(
    fc.record({
      id: name,
      address: name,
      publicKey: exactly(publicKeyBytes),
      role: fc.constantFrom("voter", "learner"),
    }),
  ),
  gateways: holders,
  operators: holders,
  operatorThreshold: u16,
});

export const anySuperblock: fc.Arbitrary<Superblock> = fc.record({
  clusterId: exactly(clusterIdBytes),
  configDigest: digest,
  replica: u32,
  incarnation: u32,
  boot: number,
  epoch,
  view,
  lastNormalView: view,
  commit: op,
  head: position,
  isHeadUncertain: fc.boolean(),
  isDiskLost: fc.boolean(),
  barredView: view,
  incarnations: few(fc.record({ incarnation: u32, view })),
  remembered: few(some),
  viewProof: votes,
  doViewChange: fc.option(some),
  base: fc.record({ op, hash: digest, timestampMicros }),
  checkpoints: few(checkpoint),
});
