/**
 * Fan-out of the namespace of changes between gateways, by Socket.IO's adapter for Redis.
 *
 * What the adapter hears is unauthenticated, so it hears as little as possible: broadcasts of this
 * one namespace, and no requests to join, disconnect or count sockets. What it cannot read is
 * dropped, and without Redis each gateway tells its own browsers.
 */
import { createAdapter } from "@socket.io/redis-adapter";
import type { RedisLink } from "./redis-link.ts";

type Listener = (message: Buffer, channel: Buffer) => void;

/** Makes the adapter of a namespace; its messages go by the link. */
export function liveAdapter(link: RedisLink, clusterId: string): ReturnType<typeof createAdapter> {
  const speaker = {
    // The adapter asks for this method to know how to speak.
    pSubscribe() {},
    on() {},
    publish: (channel: string, message: Buffer) => {
      link.publish(channel, message);
    },
  };
  const hearer = {
    on() {},
    off() {},
    subscribe() {},
    unsubscribe: () => Promise.resolve(),
    pUnsubscribe: () => Promise.resolve(),
    pSubscribe: (pattern: string, listener: Listener) => {
      link.subscribePattern(pattern, (message, channel) => {
        try {
          listener(message, channel);
        } catch {
          // Whoever sent it is no gateway of ours.
        }
      });
    },
  };
  return createAdapter(speaker, hearer, { key: `quorate:${clusterId}:live` });
}
