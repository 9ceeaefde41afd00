import type { Log } from "@quorate/ports";
import { DecodeError, Tally } from "@quorate/prelude";
import { decodeNote, type Note } from "@quorate/protocol";

/** What members send, decoded. */
export class NoteReader {
  private readonly log: Log;
  /** By member: packets that were no notes. */
  private readonly odd = new Tally<string>();

  constructor(log: Log) {
    this.log = log;
  }

  /** The note in a member's packet, or null when it is none, which the log shows now and then. */
  read(member: number, packet: Uint8Array): Note | null {
    try {
      return decodeNote(packet);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const { count, isWorthTelling } = this.odd.count(String(member));
      if (isWorthTelling) this.log.warn("a member sent what is not a note", { member, count });
      return null;
    }
  }
}
