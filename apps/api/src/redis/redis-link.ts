/**
 * The connection to Redis, of which nothing depends: whoever uses it goes on without it. It is told
 * nothing that is secret, and nothing that it says decides who may do what.
 */
import { createClient } from "redis";
import type { Log } from "@quorate/ports";
import { redisConnectMsMax, redisQueueMax, redisReconnectMsMax, redisRestMs } from "../limits.ts";

/** The exact type follows from how a connection is made. */
type Client = ReturnType<typeof connectionOf>;

/** Where Redis is. */
export interface RedisAddress {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
}

/** A connection that comes back by itself. */
export interface RedisLink {
  /** For commands; they are rejected at once while there is no connection. */
  readonly client: Client;
  /** Whether it is worth asking: connected, and not found slow a moment ago. */
  isUsable(): boolean;
  /** Lets Redis rest for a moment, after it was slow. */
  doubt(): void;
  /** Calls back for each message on the channel, whoever sends it. */
  subscribe(channel: string, onMessage: (text: string) => void): void;
  /** Tells whoever listens, if that is possible now. */
  publish(channel: string, text: string): void;
  /** Another connection, for a library that needs its own; it starts and stops with this one. */
  extra(): Client;
  /** Begins to connect; never waits. */
  start(): void;
  stop(): void;
}

/** A link that is not connected yet. */
export function createRedisLink(address: RedisAddress, log: Pick<Log, "info" | "warn">): RedisLink {
  const connect = (role: string): Client => connectionOf(address, { role, log });
  const client = connect("commands");
  const subscriber = connect("messages");
  const all = [client, subscriber];
  const listeners = new Map<string, (text: string) => void>();
  let restUntilMs = -Infinity;
  return {
    client,
    isUsable: () => client.isReady && performance.now() >= restUntilMs,
    doubt() {
      restUntilMs = performance.now() + redisRestMs;
    },
    subscribe(channel, onMessage) {
      listeners.set(channel, onMessage);
    },
    publish(channel, text) {
      // A hint that is lost costs a few seconds; there is nobody to tell.
      if (client.isReady) client.publish(channel, text).catch(() => {});
    },
    extra() {
      const another = connect("live feed");
      all.push(another);
      return another;
    },
    start() {
      for (const each of all) each.connect().catch(() => {});
      // A subscription is made once; the client renews it whenever it connects again.
      for (const [channel, onMessage] of listeners) {
        const subscribe = (): void => {
          subscriber.subscribe(channel, onMessage).catch(() => {});
        };
        if (subscriber.isReady) subscribe();
        else subscriber.once("ready", subscribe);
      }
    },
    stop() {
      for (const each of all) if (each.isOpen) each.destroy();
    },
  };
}

function connectionOf(
  { url, username, password }: RedisAddress,
  { role, log }: { readonly role: string; readonly log: Pick<Log, "info" | "warn"> },
) {
  const client = createClient({
    url,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    disableOfflineQueue: true,
    commandsQueueMaxLength: redisQueueMax,
    socket: {
      connectTimeout: redisConnectMsMax,
      reconnectStrategy: (retries) =>
        Math.min(50 * 2 ** Math.min(retries, 10), redisReconnectMsMax),
    },
  });
  let isUp = false;
  client.on("ready", () => {
    isUp = true;
    log.info("redis is connected", { role });
  });
  client.on("error", (error: unknown) => {
    // While it is away there is an error for each attempt: one line is enough.
    if (isUp) log.warn("redis is away", { role, error });
    isUp = false;
  });
  return client;
}
