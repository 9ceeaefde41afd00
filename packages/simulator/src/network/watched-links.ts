import type { PeerId, Transport } from "@quorate/ports";

/** Links that show what leaves the core, before it leaves. */
export function watchedLinks(
  transport: Transport,
  onSend: (to: PeerId, packet: Uint8Array) => void,
): Transport {
  return {
    start: () => transport.start(),
    stop: () => transport.stop(),
    bytesWaiting: (to) => transport.bytesWaiting(to),
    linked: () => transport.linked(),
    rejects: () => transport.rejects(),
    send: (to, packet) => {
      onSend(to, packet);
      return transport.send(to, packet);
    },
  };
}
