/** Packets on their way between the members of a rig: the test decides what becomes of each. */
import {
  type Command,
  decodeBody,
  decodeStatementHeader,
  type Message,
  type MessageOf,
  splitPacket,
} from "@quorate/protocol";

export interface Packet {
  readonly from: number;
  readonly to: number;
  readonly command: Command;
  readonly view: number;
  readonly message: Message;
  readonly bytes: Uint8Array;
}

/** Packets with all of these; an empty filter means every packet. */
export interface PacketFilter {
  readonly from?: number;
  readonly to?: number;
  readonly command?: Command;
  readonly view?: number;
}

export class InFlight {
  private packets: Packet[] = [];
  private readonly everSent: Packet[] = [];
  private readonly holds: PacketFilter[] = [];
  private readonly cuts: PacketFilter[] = [];

  send(from: number, to: number, bytes: Uint8Array): Packet {
    const packet = packetOf(from, to, bytes);
    this.everSent.push(packet);
    if (!this.cuts.some((cut) => matches(packet, cut))) this.packets.push(packet);
    return packet;
  }

  /** Everything that was ever sent, delivered or not, oldest first. */
  sent(filter: PacketFilter): readonly Packet[] {
    return this.everSent.filter((packet) => matches(packet, filter));
  }

  waiting(filter: PacketFilter): readonly Packet[] {
    return this.packets.filter((packet) => matches(packet, filter));
  }

  /** Removes and returns what matches, oldest first. */
  take(filter: PacketFilter): readonly Packet[] {
    const taken = this.waiting(filter);
    this.packets = this.packets.filter((packet) => !taken.includes(packet));
    return taken;
  }

  /** Removes and returns the oldest packet that no hold keeps back, or null. */
  takeNext(): Packet | null {
    const at = this.packets.findIndex(
      (packet) => !this.holds.some((hold) => matches(packet, hold)),
    );
    return at === -1 ? null : (this.packets.splice(at, 1)[0] ?? null);
  }

  /** What matches stays on its way until it is released, or delivered by name. */
  hold(filter: PacketFilter): void {
    this.holds.push(filter);
  }

  release(): void {
    this.holds.length = 0;
  }

  /** What matches is lost, now and until the links are healed. */
  cut(filter: PacketFilter): void {
    this.take(filter);
    this.cuts.push(filter);
  }

  heal(): void {
    this.cuts.length = 0;
  }
}

/** The message of a packet that is known to carry this command. */
export function messageIn<C extends Command>(packet: Packet, command: C): MessageOf<C> {
  if (!isOf(packet.message, command)) throw new Error(`a ${packet.command}, not a ${command}`);
  return packet.message;
}

function isOf<C extends Command>(message: Message, command: C): message is MessageOf<C> & Message {
  return message.command === command;
}

function packetOf(from: number, to: number, bytes: Uint8Array): Packet {
  const { command, view, bodyBytes } = decodeStatementHeader(bytes);
  const message = decodeBody(command, splitPacket(bytes, bodyBytes).body);
  return { from, to, command, view, message, bytes };
}

function matches(packet: Packet, { from, to, command, view }: PacketFilter): boolean {
  return (
    (from === undefined || packet.from === from) &&
    (to === undefined || packet.to === to) &&
    (command === undefined || packet.command === command) &&
    (view === undefined || packet.view === view)
  );
}
