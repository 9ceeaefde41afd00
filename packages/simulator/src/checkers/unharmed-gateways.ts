/**
 * What one gateway does costs the others nothing: none of their sessions is evicted, and none of
 * their requests finds no room. Each has few sessions, and one request in each: less than its share.
 */
import type { TransportEvents } from "@quorate/ports";
import { decodeNote, noteMark } from "@quorate/protocol";
import { Violation } from "./violation.ts";

/** No note of these kinds is longer. */
const noteBytesMax = 64;

/** What an honest gateway hears, looked at where another one lies. */
export function unharmed(
  gateway: string,
  events: TransportEvents,
  onFailure: (error: unknown) => void,
): TransportEvents {
  return {
    onPacket: (from, packet) => {
      try {
        assertUnharmed(gateway, packet);
      } catch (error) {
        onFailure(error);
      }
      events.onPacket(from, packet);
    },
    onLinkUp: (peer) => events.onLinkUp(peer),
    onLinkDown: (peer) => events.onLinkDown(peer),
  };
}

/** An honest gateway hears this. Throws Violation. */
export function assertUnharmed(gateway: string, packet: Uint8Array): void {
  if (packet[0] !== noteMark || packet.length > noteBytesMax) return;
  const { note } = decodeNote(packet);
  if (note !== "evicted" && note !== "overloaded") return;
  throw new Violation("harmed gateway", `${gateway} was told: ${note}`);
}
