/**
 * What others' gateways said, as whoever reads a replica's disk, or works for the network, knows it.
 */
import type { Prng } from "@quorate/prelude";
import {
  decodeBody,
  decodeStatementHeader,
  type Message,
  type SessionId,
  splitPacket,
  type StatementHeader,
  statementMark,
} from "@quorate/protocol";

/** Packets that are remembered, and their bytes at most. */
const packetsMax = 64;
const packetBytesMax = 8_192;

/** A request that another gateway has signed. */
export interface OverheardRequest {
  readonly sender: number;
  readonly keyId: Uint8Array;
  readonly session: SessionId;
  readonly number: number;
}

export class Overheard {
  private readonly packets: Uint8Array[] = [];
  private count = 0;

  /** The newest packets take the place of the oldest. */
  note(packet: Uint8Array): void {
    if (packet.length > packetBytesMax) return;
    this.packets[this.count % packetsMax] = packet;
    this.count += 1;
  }

  pick(prng: Prng): Uint8Array | null {
    return this.packets.length === 0 ? null : prng.pick(this.packets);
  }

  /** Some request of an honest gateway; null when none was heard. */
  pickRequest(prng: Prng): OverheardRequest | null {
    const heard = this.statements().flatMap(({ header, message }) => {
      if (message.command !== "request") return [];
      const { sender, keyId } = header;
      return [{ sender, keyId, session: message.session, number: message.number }];
    });
    return heard.length === 0 ? null : prng.pick(heard);
  }

  /** The nonce of some registration of an honest gateway; null when none was heard. */
  pickNonce(prng: Prng): Uint8Array | null {
    const heard = this.statements().flatMap(({ message }) =>
      message.command === "register" ? [message.nonce] : [],
    );
    return heard.length === 0 ? null : prng.pick(heard);
  }

  private statements(): { readonly header: StatementHeader; readonly message: Message }[] {
    const statements = this.packets.filter((packet) => packet[0] === statementMark);
    return statements.map((packet) => {
      const header = decodeStatementHeader(packet);
      const { body } = splitPacket(packet, header.bodyBytes);
      return { header, message: decodeBody(header.command, body) };
    });
  }
}
