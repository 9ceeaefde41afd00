/**
 * What reaches a replica's port below the packets: strangers, broken hellos, and sealed frames that
 * are not what they must be. Each attempt is a connection of its own, which the replica must close.
 */
import { once } from "node:events";
import { nodeCrypto, signerOfSeed } from "@quorate/identity";
import type { Signer } from "@quorate/ports";
import { type Prng, present } from "@quorate/prelude";
import { type ClusterConfig, digestClusterConfig } from "@quorate/protocol";
import {
  type DialedHello,
  dialHello,
  FrameSealer,
  frameOverheadBytes,
  packetBytesMax,
  Stranger,
} from "@quorate/transport/testing";
import { whenClosed } from "../integration/rig/when-closed.ts";

/** The member whose key is used, and the replica that is dialed. */
export interface LinkAttack {
  readonly config: ClusterConfig;
  readonly index: number;
  readonly signer: Signer;
  readonly target: number;
  readonly port: number;
  readonly prng: Prng;
}

/** Far above what a replica needs to close a connection, also on a busy machine. */
const closedWithinMs = 60_000;
/** Boot counter of the liar's process: newer than the member's own. */
const boot = 1_000_000;

const strangerKinds = [
  "no-http",
  "browser",
  "other-path",
  "no-websocket",
  "text",
  "early-frame",
  "no-offer",
  "changed-offer",
  "foreign-offer",
  "changed-proof",
  "impostor",
  "claimed-length",
] as const;
const frameKinds = [
  "flipped",
  "replayed",
  "gap",
  "reflected",
  "unknown-kind",
  "short",
  "broken-batch",
  "broken-rekey",
  "noise",
  "claimed-length",
  "ping",
  "undue-pong",
  "full-of-nothing",
] as const;

/** More than a frame of several packets ever has. */
const emptyPacketsBytes = 2 ** 17;

/** Connects, does one thing that no peer does, and waits until the replica has closed. */
export async function breakLink(attack: LinkAttack): Promise<void> {
  const stranger = new Stranger(attack.port);
  const closed = whenClosed(stranger.socket, closedWithinMs);
  try {
    const isLinked = attack.prng.chance(0.5);
    await (isLinked ? sendBadFrame(attack, stranger) : comeAsStranger(attack, stranger));
    await closed;
  } finally {
    stranger.close();
  }
}

async function comeAsStranger(attack: LinkAttack, stranger: Stranger): Promise<void> {
  const { prng } = attack;
  const noise = prng.bytes(1 + prng.below(300));
  const kind = prng.pick(strangerKinds);
  switch (kind) {
    case "no-http":
      stranger.socket.write(Buffer.concat([Buffer.from("NO "), noise, Buffer.from("\r\n\r\n")]));
      return;
    case "browser":
      stranger.upgrade("Origin: http://elsewhere.example\r\n");
      return;
    case "other-path":
      stranger.socket.write("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      return;
    case "no-websocket":
      // Reserved bits are set.
      (await stranger.open()).socket.write(Buffer.concat([Buffer.from([0xf2]), noise]));
      return;
    case "text":
      (await stranger.join()).sendText(`42["m",${JSON.stringify([...noise])}]`);
      return;
    case "early-frame":
      (await stranger.open()).sendBinary(noise);
      return;
    case "no-offer":
      (await stranger.join()).sendBinary(noise);
      return;
    case "claimed-length":
      (await stranger.join()).claimLength(packetBytesMax + frameOverheadBytes + 1);
      return;
    case "changed-offer":
    case "foreign-offer":
    case "changed-proof":
    case "impostor":
      return sayBrokenHello(attack, await stranger.join(), kind);
  }
}

async function sayBrokenHello(
  attack: LinkAttack,
  stranger: Stranger,
  kind: "changed-offer" | "foreign-offer" | "changed-proof" | "impostor",
): Promise<void> {
  const { prng, config } = attack;
  if (kind === "changed-offer") {
    const { offer } = hello(attack);
    // Nonce, key, boot and incarnation may hold anything; all before them is checked.
    const at = prng.below(offer.length - 76);
    offer[at] = (offer[at] ?? 0) ^ (1 + prng.below(255));
    stranger.sendBinary(offer);
    return;
  }
  if (kind === "foreign-offer") {
    const other = { ...config, clusterId: prng.bytes(32) };
    stranger.sendBinary(hello({ ...attack, config: other }).offer);
    return;
  }
  const signer = kind === "impostor" ? signerOfSeed(prng.bytes(32)) : attack.signer;
  const { proof } = await answered({ ...attack, signer }, stranger);
  if (kind === "changed-proof") {
    const at = prng.below(proof.length);
    proof[at] = (proof[at] ?? 0) ^ (1 << prng.below(8));
  }
  stranger.sendBinary(proof);
}

async function sendBadFrame(attack: LinkAttack, stranger: Stranger): Promise<void> {
  const { prng } = attack;
  const { proof, keys } = await answered(attack, await stranger.join());
  stranger.sendBinary(proof);
  // The acceptor's first sealed frame says that the link exists.
  await message(stranger, 1);
  const sealer = new FrameSealer(keys.dialToAccept, 0);
  const noise = prng.bytes(1 + prng.below(300));
  for (const frame of badFrames(prng, sealer, stranger, noise)) stranger.sendBinary(frame);
}

function badFrames(
  prng: Prng,
  sealer: FrameSealer,
  stranger: Stranger,
  noise: Uint8Array,
): readonly Uint8Array[] {
  const kind = prng.pick(frameKinds);
  switch (kind) {
    case "flipped": {
      const frame = sealer.seal("packet", noise);
      const at = prng.below(frame.length);
      frame[at] = (frame[at] ?? 0) ^ (1 << prng.below(8));
      return [frame];
    }
    case "replayed": {
      const frame = sealer.seal("packets", new Uint8Array(0));
      return [frame, frame];
    }
    case "gap":
      sealer.seal("packet", noise);
      return [sealer.seal("packet", noise)];
    case "reflected":
      return [present(stranger.messages[1])];
    case "unknown-kind": {
      const frame = sealer.seal("packet", noise);
      frame[0] = prng.between(3, 255);
      return [frame];
    }
    case "short":
      return [sealer.seal("packet", noise).subarray(0, prng.below(frameOverheadBytes))];
    case "broken-batch":
      return [sealer.seal("packets", Uint8Array.of(...noise, 0xff, 0xff, 0xff))];
    case "broken-rekey":
      return [sealer.seal("hello", noise)];
    case "noise":
      return [noise];
    case "claimed-length":
      stranger.claimLength(packetBytesMax + frameOverheadBytes + 1);
      return [];
    case "ping":
      stranger.sendPing();
      return [];
    case "undue-pong":
      stranger.sendText("3");
      return [];
    case "full-of-nothing":
      return [sealer.seal("packets", new Uint8Array(emptyPacketsBytes))];
  }
}

function hello({ config, index, signer, target }: LinkAttack) {
  const configDigest = digestClusterConfig(config, nodeCrypto.sha256);
  const self = { kind: "replica", index } as const;
  const acceptor = { kind: "replica", index: target } as const;
  const identity = { self, signer, crypto: nodeCrypto, config, configDigest, incarnation: 0, boot };
  return dialHello(identity, acceptor);
}

/** Says the offer and takes the answer. */
async function answered(attack: LinkAttack, stranger: Stranger): Promise<DialedHello> {
  const dialing = hello(attack);
  stranger.sendBinary(dialing.offer);
  const dialed = dialing.onAnswer(await message(stranger, 0));
  if (!dialed.ok) throw new Error(`the replica's answer is refused: ${dialed.reason}`);
  return dialed;
}

async function message(stranger: Stranger, index: number): Promise<Uint8Array> {
  for (;;) {
    const found = stranger.messages[index];
    if (found !== undefined) return found;
    await once(stranger.socket, "data", { signal: AbortSignal.timeout(closedWithinMs) });
  }
}
