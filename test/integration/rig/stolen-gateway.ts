/** Somebody who has a gateway's key, and its links, and sends what it likes. */
import { readFileSync } from "node:fs";
import { systemClock } from "@quorate/clock";
import { nodeCrypto, readKeyFile } from "@quorate/identity";
import type { PeerId, Signer } from "@quorate/ports";
import {
  asView,
  type ClusterConfig,
  decodeNote,
  digestClusterConfig,
  keyIdOf,
  type Message,
  type Note,
  parseClusterFile,
  signMessage,
} from "@quorate/protocol";
import { createTransport, type SocketIoTransport } from "@quorate/transport";
import type { Cluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";

const linkedMsMax = 30_000;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** See the file. Life: `open` when the gateway's own process has ended, then `close` once. */
export class StolenGateway {
  /** What was answered, oldest first. */
  readonly heard: Note[] = [];
  readonly #config: ClusterConfig;
  readonly #configDigest: Uint8Array;
  readonly #index: number;
  readonly #signer: Signer;
  readonly #transport: SocketIoTransport;

  private constructor(config: ClusterConfig, index: number, signer: Signer) {
    this.#config = config;
    this.#configDigest = digestClusterConfig(config, nodeCrypto.sha256);
    this.#index = index;
    this.#signer = signer;
    this.#transport = createTransport({
      self: { kind: "gateway", index },
      signer,
      crypto: nodeCrypto,
      config,
      configDigest: this.#configDigest,
      boot: Date.now(),
      incarnation: 0,
      listen: null,
      certificates: null,
      clock: systemClock,
      events: {
        onPacket: (_, packet) => this.#hear(packet),
        onLinkUp: () => undefined,
        onLinkDown: () => undefined,
      },
      metrics: { count() {}, gauge() {}, observe() {} },
      log: silent,
    });
  }

  /** Links to every replica with the key of the gateway of this index. */
  static async open({ folder }: Cluster, index: number): Promise<StolenGateway> {
    const config = parseClusterFile(readFileSync(folder.clusterFile, "utf8"));
    const id = config.gateways[index]?.id ?? "";
    const passphrase = readFileSync(folder.passphraseFile(id), "utf8").trim();
    const { clusterId } = config;
    const use = { purpose: "gateway", clusterId, passphrase } as const;
    const stolen = new StolenGateway(config, index, await readKeyFile(folder.keyFile(id), use));
    await stolen.#transport.start();
    await eventually("the links of the stolen gateway", linkedMsMax, () =>
      stolen.#transport.linked().length === config.members.length ? true : null,
    );
    return stolen;
  }

  close(): Promise<void> {
    return this.#transport.stop();
  }

  /** A statement with the gateway's signature. */
  sign(message: Message): Uint8Array {
    const { clusterId, epoch } = this.#config;
    const place = { clusterId, epoch, configDigest: this.#configDigest, view: asView(0) };
    const signer = {
      role: "gateway",
      sender: this.#index,
      keyId: keyIdOf(this.#signer.publicKey, nodeCrypto.sha256),
      incarnation: 0,
      sign: (bytes: Uint8Array) => this.#signer.sign(bytes),
    } as const;
    return signMessage(message, place, signer, nodeCrypto.sha256);
  }

  /** False when it was not taken: too much waits for this member already, or there is no link. */
  send(member: string, packet: Uint8Array): boolean {
    const index = this.#config.members.findIndex(({ id }) => id === member);
    const to: PeerId = { kind: "replica", index };
    return this.#transport.send(to, packet);
  }

  #hear(packet: Uint8Array): void {
    if (this.heard.length < heardMax) this.heard.push(decodeNote(packet));
  }
}

/** Answers that are remembered. */
const heardMax = 10_000;
