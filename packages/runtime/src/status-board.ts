/** When gateways are told how a replica does: at once when it matters, else at an even pace. */
import type { Transport } from "@quorate/ports";
import { encodeNote, type Note } from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";

/** Ticks between two status notes while nothing happens: 200 ms. */
const statusTicks = 20;

export class StatusBoard {
  private shown: Facts | null = null;
  private shownAt = 0;

  /** Whether the view, the status or the charge is not what was told last. */
  hasChanged(replica: Replica): boolean {
    const { shown } = this;
    if (shown === null) return true;
    const { view, status, acting } = replica;
    return shown.view !== view || shown.status !== status || shown.isActing !== (acting !== null);
  }

  isDue(replica: Replica): boolean {
    return replica.now - this.shownAt >= statusTicks;
  }

  published(replica: Replica): void {
    const { view, status, acting } = replica;
    this.shown = { view, status, isActing: acting !== null };
    this.shownAt = replica.now;
  }
}

/** What gateways are told at once when it changes. */
interface Facts {
  readonly view: number;
  readonly status: Replica["status"];
  readonly isActing: boolean;
}

/** Sends a note to every gateway that is linked now. */
export function sendNote(transport: Transport, note: Note): void {
  const gateways = transport.linked().filter((peer) => peer.kind === "gateway");
  if (gateways.length === 0) return;
  const packet = encodeNote(note);
  for (const gateway of gateways) transport.send(gateway, packet);
}
