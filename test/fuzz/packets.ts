/**
 * Packets that no replica may act on, from somebody who holds one member's key and its link.
 *
 * Each kind says why it must be refused. Only the last two are good statements: of a view that is
 * over.
 */
import type { Signer } from "@quorate/ports";
import { type Prng, present } from "@quorate/prelude";
import {
  asEpoch,
  asView,
  type ClusterConfig,
  encodeNote,
  keyIdOf,
  type Message,
  messages,
  type RejectReason,
  signMessage,
  statementHeaderBytes,
  statementOverheadBytes,
  type StatementPlace,
  type StatementSigner,
} from "@quorate/protocol";
import { nodeCrypto } from "@quorate/identity";
import { addGroupOrder } from "@quorate/identity/testing";
import { exampleMessages } from "@quorate/protocol/testing";

/** Why a packet is refused; `any` where chance decides which check it meets first. */
export type ExpectedReason = RejectReason | "any";

/** What is sent, and what must become of it. */
export interface FuzzedPacket {
  readonly kind: PacketKind;
  readonly bytes: Uint8Array;
  /** Null: admitted, and then without effect. */
  readonly reason: ExpectedReason | null;
}

/** Who lies, and what it has heard. */
export interface LyingMember {
  readonly config: ClusterConfig;
  readonly configDigest: Uint8Array;
  readonly index: number;
  readonly signer: Signer;
  /** Statements of other members, as they came over its links. */
  readonly heard: readonly Uint8Array[];
}

/** Ways to be refused. */
export const packetKinds = [
  "noise",
  "marked-noise",
  "truncated",
  "flipped",
  "spliced",
  "unknown-command",
  "wrong-cluster",
  "wrong-epoch",
  "wrong-configuration",
  "unknown-sender",
  "impostor",
  "heard",
  "wrong-key",
  "longer-body",
  "other-body",
  "attached",
  "forged",
  "malleated",
  "nonsense",
  "note",
  "stale",
  "unknown-life",
] as const;
/** See `packetKinds`. */
export type PacketKind = (typeof packetKinds)[number];

/** Statements of a view that is over: each of these has no effect, whoever says it. */
const staleCommands = ["prepare", "prepareOk", "commit", "startViewChange", "viewProof"] as const;

const replicaMessages = exampleMessages.filter(({ command }) => {
  return messages[command].from === "replica";
});
const requests = exampleMessages.filter(({ command }) => messages[command].from === "gateway");
/** Commands whose statement nothing may follow. */
const bareMessages = replicaMessages.filter(
  ({ command }) => messages[command].attachmentBytesMax === 0,
);
const noiseBytesMax = 2_000;
/** Lengths of bodies that mean nothing: any 16 bytes are a nonce. */
const nonsenseBytes = [17, 300] as const;

/** One packet of a kind that the generator picks. */
export function packetOf(member: LyingMember, prng: Prng): FuzzedPacket {
  const kind = prng.pick(packetKinds);
  return { kind, ...makers[kind](new Mouth(member, prng), prng) };
}

type Made = Omit<FuzzedPacket, "kind">;
const refused = (bytes: Uint8Array, reason: ExpectedReason): Made => ({ bytes, reason });

const makers: Readonly<Record<PacketKind, (mouth: Mouth, prng: Prng) => Made>> = {
  noise: (_, prng) => {
    const bytes = prng.bytes(prng.below(noiseBytesMax));
    // Marks are the next kind's.
    if (bytes.length > 0) bytes[0] = prng.below(0xfd);
    return refused(bytes, "malformed");
  },
  "marked-noise": (_, prng) => {
    const bytes = prng.bytes(1 + prng.below(noiseBytesMax));
    bytes[0] = prng.pick([0xff, 0xfe, 0xfd]);
    return refused(bytes, "any");
  },
  truncated: (mouth, prng) => {
    const whole = mouth.say(mouth.message());
    return refused(whole.subarray(0, prng.below(whole.length)), "any");
  },
  flipped: (mouth, prng) => {
    const whole = mouth.say(mouth.message());
    const at = prng.below(whole.length);
    whole[at] = (whole[at] ?? 0) ^ (1 << prng.below(8));
    return refused(whole, "any");
  },
  spliced: (mouth, prng) => {
    const [one, other] = [mouth.say(mouth.message()), mouth.say(mouth.message())];
    const at = prng.between(1, statementHeaderBytes - 1);
    const bytes = new Uint8Array([...one.subarray(0, at), ...other.subarray(at)]);
    // Two statements of one command and body are one, wherever they are cut.
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    return refused(bytes, "any");
  },
  "unknown-command": (mouth) => {
    const bytes = mouth.say(mouth.message());
    bytes[12] = (bytes[12] ?? 0) ^ 0x80;
    return refused(bytes, "malformed");
  },
  "wrong-cluster": (mouth, prng) =>
    refused(mouth.say(mouth.message(), { clusterId: prng.bytes(32) }), "cluster"),
  "wrong-epoch": (mouth, prng) =>
    refused(mouth.say(mouth.message(), { epoch: asEpoch(prng.between(1, 1_000)) }), "epoch"),
  "wrong-configuration": (mouth, prng) =>
    refused(mouth.say(mouth.message(), { configDigest: prng.bytes(32) }), "configuration"),
  "unknown-sender": (mouth, prng) =>
    refused(mouth.say(mouth.message(), {}, { sender: prng.between(3, 65_535) }), "unknown-sender"),
  impostor: (mouth, prng) => {
    const { sender, keyId } = mouth.other();
    const reason = prng.chance(0.5) ? "key" : "signature";
    const as = reason === "key" ? { sender } : { sender, keyId };
    return refused(mouth.say(mouth.message(), {}, as), reason);
  },
  heard: (mouth) => {
    const heard = mouth.heard();
    return heard === null
      ? refused(new Uint8Array(0), "malformed")
      : refused(heard, "not-the-peer");
  },
  "wrong-key": (mouth, prng) =>
    refused(mouth.say(mouth.message(), {}, { keyId: prng.bytes(8) }), "key"),
  "longer-body": (mouth) => {
    const bytes = mouth.say(mouth.message());
    return refused(bytes.subarray(0, bytes.length - 1), "any");
  },
  "other-body": (mouth) => {
    const bytes = mouth.say({ command: "recovery", nonce: new Uint8Array(16) });
    bytes[statementOverheadBytes] = (bytes[statementOverheadBytes] ?? 0) ^ 1;
    return refused(bytes, "body-digest");
  },
  attached: (mouth, prng) => {
    const bytes = mouth.say(prng.pick(bareMessages));
    return refused(new Uint8Array([...bytes, ...prng.bytes(1 + prng.below(500))]), "body-size");
  },
  forged: (mouth, prng) =>
    refused(mouth.say(mouth.message(), {}, { sign: () => prng.bytes(64) }), "signature"),
  malleated: (mouth) => {
    const { signer } = mouth;
    const sign = (bytes: Uint8Array) => addGroupOrder(signer.sign(bytes));
    return refused(mouth.say(mouth.message(), {}, { sign }), "signature");
  },
  nonsense: (mouth, prng) =>
    refused(mouth.sayBody(prng.bytes(prng.between(...nonsenseBytes))), "any"),
  note: (mouth, prng) => {
    if (prng.chance(0.5)) {
      const question = prng.bytes(prng.below(100));
      const consistency = "stale";
      const read = encodeNote({ note: "readRequest", readId: 1, consistency, question });
      return refused(read, "unknown-sender");
    }
    return refused(mouth.say(prng.pick(requests)), "unknown-sender");
  },
  stale: (mouth, prng) => ({ bytes: mouth.say(staleMessage(prng)), reason: null }),
  // A life of a disk that nobody has readmitted: admitted, because it may be on its way back.
  "unknown-life": (mouth, prng) => {
    const incarnation = prng.between(1, 2 ** 32 - 1);
    return { bytes: mouth.say(staleMessage(prng), {}, { incarnation }), reason: null };
  },
};

function staleMessage(prng: Prng): Message {
  const command = prng.pick(staleCommands);
  return present(replicaMessages.find((each) => each.command === command));
}

/** Says things under the member's key, well or with something changed. */
class Mouth {
  readonly signer: Signer;
  private readonly member: LyingMember;
  private readonly prng: Prng;

  constructor(member: LyingMember, prng: Prng) {
    this.member = member;
    this.prng = prng;
    this.signer = member.signer;
  }

  message(): Message {
    return this.prng.pick(replicaMessages);
  }

  /** Another member's name and key id. */
  other(): Pick<StatementSigner, "sender" | "keyId"> {
    const { config, index } = this.member;
    const others = config.members.map((_, at) => at).filter((at) => at !== index);
    const sender = this.prng.pick(others);
    return { sender, keyId: keyIdOf(present(config.members[sender]).publicKey, nodeCrypto.sha256) };
  }

  heard(): Uint8Array | null {
    const { heard } = this.member;
    return heard.length === 0 ? null : this.prng.pick(heard);
  }

  /** A statement of view 0, in which nobody ever prepares. */
  say(
    message: Message,
    place: Partial<StatementPlace> = {},
    signer: Partial<StatementSigner> = {},
  ): Uint8Array {
    const { config, configDigest, index } = this.member;
    const { clusterId, epoch } = config;
    const as: StatementSigner = {
      role: "replica",
      sender: index,
      keyId: keyIdOf(this.signer.publicKey, nodeCrypto.sha256),
      incarnation: 0,
      sign: (bytes) => this.signer.sign(bytes),
      ...signer,
    };
    const where = { clusterId, epoch, configDigest, view: asView(0), ...place };
    return signMessage(message, where, as, nodeCrypto.sha256);
  }

  /** A good signature over a header whose body is none of its command. */
  sayBody(body: Uint8Array): Uint8Array {
    const header = this.say(this.message()).slice(0, statementHeaderBytes);
    const view = new DataView(header.buffer);
    view.setUint32(statementHeaderBytes - 36, body.length, true);
    header.set(nodeCrypto.sha256(body), statementHeaderBytes - 32);
    return new Uint8Array([...header, ...this.signer.sign(header), ...body]);
  }
}
