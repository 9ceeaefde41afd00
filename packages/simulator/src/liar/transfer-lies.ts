/**
 * How a member lies to those who fetch a log or a state from it: it says nothing, denies what it
 * holds, or sends other bytes, another chain, or a checkpoint that no quorum has signed.
 */
import type { Prng, Sha256 } from "@quorate/prelude";
import {
  asOp,
  asView,
  type Checkpoint,
  type ClusterConfig,
  decodeBody,
  decodeStatementHeader,
  keyIdOf,
  type Message,
  type MessageOf,
  splitPacket,
  statementMark,
  type View,
} from "@quorate/protocol";

/** What it does with the answers that it owes. */
export const transferLies = [
  "silence",
  "denial",
  "wrong bytes",
  "wrong chain",
  "wrong certificate",
] as const;
export type TransferLie = (typeof transferLies)[number];

const digestBytes = 32;
const signatureBytes = 64;

/** A state is offered seldom: every so many offers are false, whatever it lies about besides. */
const falseOfferChance = 0.5;
/** Blocks of older ones may be gone. */
const statesMax = 3;

type SignedState = Pick<Checkpoint, "op" | "stateRoot">;

export interface TransferLiarParts {
  readonly prng: Prng;
  readonly config: ClusterConfig;
  readonly sha256: Sha256;
  /** Signs a message by the liar's own key. */
  say(message: Message, view: View): Uint8Array;
}

export class TransferLiar {
  private readonly parts: TransferLiarParts;
  private lie: TransferLie | null = null;
  private untilMicros = 0;
  private lies = true;
  /** The last states that the liar's own core has signed: each is true, of its own op. */
  private states: readonly SignedState[] = [];

  constructor(parts: TransferLiarParts) {
    this.parts = parts;
  }

  /** From now on, for a while. */
  begin(lie: TransferLie, untilMicros: number): void {
    this.lie = lie;
    this.untilMicros = untilMicros;
  }

  /** It is honest from now on. */
  end(): void {
    this.lies = false;
    this.lie = null;
  }

  /** What is said in place of a packet of the liar's own core; null: nothing. */
  twisted(packet: Uint8Array, nowMicros: number): Uint8Array | null {
    const { lie } = this;
    if (packet[0] !== statementMark) return packet;
    const header = decodeStatementHeader(packet);
    const { command, view, bodyBytes } = header;
    const { body, attachment } = splitPacket(packet, bodyBytes);
    if (command === "checkpoint") this.noteState(decodeBody(command, body));
    if (command === "newState" && this.lies) {
      const offer = decodeBody(command, body);
      if (isOffer(offer) && this.parts.prng.chance(falseOfferChance)) {
        return this.answered("wrong certificate", offer, packet, view);
      }
    }
    if (lie === null || nowMicros >= this.untilMicros) return packet;
    if (command !== "newState" && command !== "entries" && command !== "blocks") return packet;
    if (lie === "silence") return null;
    if (lie === "wrong bytes") return this.withHarm(packet, attachment.length);
    return this.answered(lie, decodeBody(command, body), packet, view);
  }

  private answered(lie: TransferLie, answer: Message, packet: Uint8Array, view: View): Uint8Array {
    if (lie === "denial") return this.parts.say(denialOf(answer), view);
    if (answer.command !== "newState") return packet;
    const changed =
      lie === "wrong chain"
        ? { ...answer, headers: answer.headers.toSpliced(0, 1) }
        : { ...answer, checkpoint: this.forged(answer.checkpoint) };
    return this.parts.say(changed, view);
  }

  /** One bit of what follows the statement is another: no signature covers it. */
  private withHarm(packet: Uint8Array, attachmentBytes: number): Uint8Array {
    if (attachmentBytes === 0) return packet;
    const { prng } = this.parts;
    const copy = packet.slice();
    const at = copy.length - 1 - prng.below(attachmentBytes);
    copy[at] = (copy[at] ?? 0) ^ (1 << prng.below(8));
    return copy;
  }

  private noteState(message: Message): void {
    if (message.command !== "checkpoint") return;
    const { op, stateRoot } = message;
    if (this.states.some((state) => state.op === op)) return;
    this.states = [...this.states, { op, stateRoot: stateRoot.slice() }].slice(-statesMax);
  }

  /** Another state, or a certificate of one signature; where there is none, one made of nothing. */
  private forged(checkpoint: MessageOf<"newState">["checkpoint"]): Checkpoint {
    const { prng, config } = this.parts;
    if (checkpoint === null) return this.invented();
    const others = this.states.filter(({ op }) => op !== checkpoint.op);
    if (others.length > 0 && prng.chance(0.6)) return this.exchanged(checkpoint, prng.pick(others));
    if (prng.chance(0.3)) return { ...checkpoint, stateRoot: prng.bytes(digestBytes) };
    if (prng.chance(0.5)) return { ...checkpoint, op: asOp(checkpoint.op + config.checkpointOps) };
    const [signature] = checkpoint.signatures;
    return { ...checkpoint, signatures: signature === undefined ? [] : [signature] };
  }

  /**
   * The state of another op, of which every block can be had. The signatures are those under the
   * true one, or the liar's alone, as often as a quorum has members.
   */
  private exchanged(checkpoint: Checkpoint, { stateRoot }: SignedState): Checkpoint {
    const changed = { ...checkpoint, stateRoot };
    if (this.parts.prng.chance(0.5)) return changed;
    const { op, headHash, view } = changed;
    const packet = this.parts.say({ command: "checkpoint", op, headHash, stateRoot }, view);
    const { sender, keyId, incarnation, bodyBytes } = decodeStatementHeader(packet);
    const { signature } = splitPacket(packet, bodyBytes);
    const signatures = checkpoint.signatures.map(() => ({ sender, keyId, incarnation, signature }));
    return { ...changed, signatures };
  }

  private invented(): Checkpoint {
    const { prng, config, sha256 } = this.parts;
    const signatures = config.members.map(({ publicKey }, sender) => ({
      sender,
      keyId: keyIdOf(publicKey, sha256),
      incarnation: 0,
      signature: prng.bytes(signatureBytes),
    }));
    const op = asOp(prng.between(1, 10) * config.checkpointOps);
    const [headHash, stateRoot] = [prng.bytes(digestBytes), prng.bytes(digestBytes)];
    return { epoch: config.epoch, view: asView(1), op, headHash, stateRoot, signatures };
  }
}

function isOffer(answer: Message): boolean {
  return answer.command === "newState" && answer.checkpoint !== null;
}

/** An answer of somebody who holds nothing. */
function denialOf(answer: Message): Message {
  const { command } = answer;
  if (command === "newState") return { ...answer, headers: [], checkpoint: null };
  if (command === "entries") return { ...answer, headers: [] };
  if (command === "blocks") return { ...answer, lengths: answer.lengths.map(() => null) };
  return answer;
}
