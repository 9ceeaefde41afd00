/**
 * The hello: both sides prove their keys to each other and agree on fresh ones.
 *
 * The same three messages open a connection and, inside a link, give it new keys. Nothing here
 * sends or waits: bytes come in, bytes and verdicts go out. Never throws for what bytes say.
 */
import { type Crypto, type PeerId, peerKey, type Signer } from "@quorate/ports";
import { bytesConcat, bytesEqual, DecodeError } from "@quorate/prelude";
import { asGatewayIndex, type ClusterConfig, gatewayAt, memberAt } from "@quorate/protocol";
import {
  decodeAnswer,
  decodeOffer,
  encodeAnswer,
  encodeOffer,
  helloNonceBytes,
  type HelloOffer,
  type HelloSide,
  helloSigningBytes,
  linkVersion,
} from "./hello-messages.ts";
import {
  agreeOnKeys,
  createEphemeralKey,
  type EphemeralKey,
  type LinkKeys,
} from "./key-exchange.ts";
import type { LinkRejectReason } from "./link-rejects.ts";

/** Who this process is, and what it believes of the cluster. */
export interface HelloIdentity {
  readonly self: PeerId;
  readonly signer: Signer;
  readonly crypto: Crypto;
  readonly config: ClusterConfig;
  readonly configDigest: Uint8Array;
  /** Life of the disk: rule A6. */
  readonly incarnation: number;
  /** Life of the process: larger than that of every earlier one of the same key. */
  readonly boot: number;
}

export interface HelloRefused {
  readonly ok: false;
  readonly reason: LinkRejectReason;
}

/** The dialer's half. */
export interface DialHello {
  readonly offer: Uint8Array;
  onAnswer(bytes: Uint8Array): HelloRefused | DialedHello;
}
export interface DialedHello {
  readonly ok: true;
  /** To be sent; the link exists when the acceptor has taken it. */
  readonly proof: Uint8Array;
  readonly keys: LinkKeys;
  readonly boot: number;
}

/** The acceptor's half, after an offer that it likes. Who dials is a claim until the proof. */
export interface AcceptHello {
  readonly ok: true;
  readonly answer: Uint8Array;
  readonly dialer: PeerId;
  readonly boot: number;
  onProof(bytes: Uint8Array): HelloRefused | AcceptedHello;
}
export interface AcceptedHello {
  readonly ok: true;
  readonly keys: LinkKeys;
}

/** The public key that the configuration gives a peer, or null when it names none. */
export function publicKeyOf(config: ClusterConfig, { kind, index }: PeerId): Uint8Array | null {
  const holder =
    kind === "replica" ? memberAt(config, index) : gatewayAt(config, asGatewayIndex(index));
  return holder?.publicKey ?? null;
}

/** Rule A5: the lower replica dials the higher, a gateway dials every replica, nobody a gateway. */
export function mayDial(dialer: PeerId, acceptor: PeerId): boolean {
  if (acceptor.kind === "gateway") return false;
  return dialer.kind === "gateway" || dialer.index < acceptor.index;
}

export function dialHello(identity: HelloIdentity, acceptor: PeerId): DialHello {
  const ephemeral = createEphemeralKey();
  const { clusterId, epoch } = identity.config;
  const offer = encodeOffer({
    versionMin: linkVersion,
    versionMax: linkVersion,
    clusterId,
    epoch,
    configDigest: identity.configDigest,
    dialer: identity.self,
    acceptor,
    ...sideOf(identity, ephemeral),
  });
  return {
    offer,
    onAnswer: (bytes) =>
      refuseMalformed(() => judgeAnswer(identity, acceptor, ephemeral, offer, bytes)),
  };
}

function judgeAnswer(
  { signer, crypto, config }: HelloIdentity,
  acceptor: PeerId,
  ephemeral: EphemeralKey,
  offer: Uint8Array,
  bytes: Uint8Array,
): HelloRefused | DialedHello {
  const { answer, unsigned, signature } = decodeAnswer(bytes);
  if (answer.version !== linkVersion) return refuse("version");
  const publicKey = publicKeyOf(config, acceptor);
  if (publicKey === null) return refuse("unknown-peer");
  const answered = helloSigningBytes("hello-accept", crypto.sha256, offer, unsigned);
  if (!crypto.verify(publicKey, answered, signature)) return refuse("hello-signature");
  const transcript = crypto.sha256(offer, bytes);
  const keys = agreeOnKeys(ephemeral, answer.ephemeralKey, transcript);
  if (keys === null) return refuse("small-order");
  const proof = signer.sign(helloSigningBytes("hello-dial", crypto.sha256, offer, bytes));
  return { ok: true, proof, keys, boot: answer.boot };
}

/** Judges an offer, cheapest check first, and answers it. */
export function acceptHello(
  identity: HelloIdentity,
  offerBytes: Uint8Array,
): HelloRefused | AcceptHello {
  return refuseMalformed(() => {
    const offer = decodeOffer(offerBytes);
    const reason = reasonAgainstOffer(offer, identity);
    return reason === null ? answerOffer(identity, offer, offerBytes) : refuse(reason);
  });
}

function answerOffer(
  identity: HelloIdentity,
  offer: HelloOffer,
  offerBytes: Uint8Array,
): HelloRefused | AcceptHello {
  const { signer, crypto, config } = identity;
  const publicKey = publicKeyOf(config, offer.dialer);
  if (publicKey === null) return refuse("unknown-peer");
  const ephemeral = createEphemeralKey();
  const unsigned = encodeAnswer({ version: linkVersion, ...sideOf(identity, ephemeral) });
  const signed = helloSigningBytes("hello-accept", crypto.sha256, offerBytes, unsigned);
  const answer = bytesConcat(unsigned, signer.sign(signed));
  const keys = agreeOnKeys(ephemeral, offer.ephemeralKey, crypto.sha256(offerBytes, answer));
  if (keys === null) return refuse("small-order");
  const proven = helloSigningBytes("hello-dial", crypto.sha256, offerBytes, answer);
  return {
    ok: true,
    answer,
    dialer: offer.dialer,
    boot: offer.boot,
    onProof: (proof) =>
      crypto.verify(publicKey, proven, proof) ? { ok: true, keys } : refuse("hello-signature"),
  };
}

function reasonAgainstOffer(
  offer: HelloOffer,
  { self, config, configDigest }: HelloIdentity,
): LinkRejectReason | null {
  if (offer.versionMin > linkVersion || offer.versionMax < linkVersion) return "version";
  if (!bytesEqual(offer.clusterId, config.clusterId)) return "cluster";
  if (offer.epoch !== config.epoch) return "configuration";
  if (!bytesEqual(offer.configDigest, configDigest)) return "configuration";
  if (peerKey(offer.acceptor) !== peerKey(self)) return "wrong-role";
  return mayDial(offer.dialer, self) ? null : "wrong-role";
}

function sideOf({ incarnation, boot, crypto }: HelloIdentity, ephemeral: EphemeralKey): HelloSide {
  const nonce = crypto.randomBytes(helloNonceBytes);
  return { incarnation, boot, nonce, ephemeralKey: ephemeral.publicKey };
}

function refuseMalformed<T>(judge: () => T): T | HelloRefused {
  try {
    return judge();
  } catch (error) {
    if (error instanceof DecodeError) return refuse("hello-malformed");
    throw error;
  }
}

function refuse(reason: LinkRejectReason): HelloRefused {
  return { ok: false, reason };
}
