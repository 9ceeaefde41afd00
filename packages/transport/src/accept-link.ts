import type { FrameSocket } from "./frame-socket.ts";
import { type AcceptHello, acceptHello } from "./hello.ts";
import { Link, type LinkContext, type LinkOwner } from "./link.ts";
import type { LinkRejectReason } from "./link-rejects.ts";

/**
 * Takes a stranger's hello and makes a link of the connection, or ends it with a reason.
 *
 * `onLink` is called once, with a link whose dialer has proved its key.
 */
export function acceptLink(
  context: LinkContext,
  socket: FrameSocket,
  owner: LinkOwner,
  onLink: (link: Link) => void,
): void {
  let hello: AcceptHello | null = null;
  const refuse = (reason: LinkRejectReason): void => {
    context.rejects.count(reason);
    socket.destroy();
  };
  const onOffer = (offer: Uint8Array): void => {
    const result = acceptHello(context.identity, offer);
    if (!result.ok) {
      refuse(result.reason);
      return;
    }
    hello = result;
    socket.send(result.answer);
  };
  const onProof = (accepted: AcceptHello, proof: Uint8Array): void => {
    const result = accepted.onProof(proof);
    if (!result.ok) {
      refuse(result.reason);
      return;
    }
    const parties = { side: "accept", peer: accepted.dialer, boot: accepted.boot } as const;
    onLink(new Link(context, parties, result.keys, socket, owner));
  };
  socket.own({
    onFrame: (frame) => (hello === null ? onOffer(frame) : onProof(hello, frame)),
    // A stranger that leaves early has cost nothing and is not counted.
    onClosed: () => undefined,
  });
}
