/**
 * The connection to Redis, of which nothing depends: whoever uses it goes on without it. It is told
 * nothing that is secret, and nothing that it says decides who may do what.
 */
import { createClient } from "redis";
import type { Log } from "@quorate/ports";
import {
  redisAnswerMsMax,
  redisConnectMsMax,
  redisQueueMax,
  redisReconnectMsMax,
  redisRestMs,
} from "../limits.ts";

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
  /** Longer than this, in ms, no request waits for an answer. */
  readonly answerMsMax: number;
  /** Whether it is worth asking: connected, and not found slow a moment ago. */
  isUsable(): boolean;
  /** Lets Redis rest for a moment, after it was slow. */
  doubt(): void;
  /** Calls back for each message on the channel, whoever sends it. Before `start`. */
  subscribe(channel: string, onMessage: () => void): void;
  /** The same for all channels of the pattern, with the bytes. */
  subscribePattern(pattern: string, onMessage: (message: Buffer, channel: Buffer) => void): void;
  /** Tells whoever listens, if that is possible now. */
  publish(channel: string, message: string | Buffer): void;
  /** Begins to connect; never waits. */
  start(): void;
  stop(): void;
}

/** A link that is not connected yet. */
export function createRedisLink(
  address: RedisAddress,
  log: Pick<Log, "info" | "warn">,
  answerMsMax: number = redisAnswerMsMax,
): RedisLink {
  const client = connectionOf(address, { role: "commands", log });
  const subscriber = connectionOf(address, { role: "messages", log });
  /** Those that Redis has not confirmed yet; the client renews the others whenever it connects again. */
  const wanted = new Set<() => Promise<void>>();
  let restUntilMs = -Infinity;
  let isStopped = false;
  const tellUnheard = (error: unknown): void => {
    // While the connection stands, Redis itself has said no: the user may not do it.
    if (subscriber.isReady) log.warn("redis lets us hear nothing", { error });
  };
  return {
    client,
    answerMsMax,
    isUsable: () => client.isReady && performance.now() >= restUntilMs,
    doubt() {
      restUntilMs = performance.now() + redisRestMs;
    },
    subscribe(channel, onMessage) {
      wanted.add(() => subscriber.subscribe(channel, onMessage));
    },
    subscribePattern(pattern, onMessage) {
      wanted.add(() => subscriber.pSubscribe(pattern, onMessage, true));
    },
    publish(channel, message) {
      // A hint that is lost costs a few seconds; there is nobody to tell.
      if (client.isReady) client.publish(channel, message).catch(() => {});
    },
    start() {
      subscriber.on("ready", () => {
        // What fails is tried again with the next connection: Redis may go away before it has answered.
        for (const each of wanted) each().then(() => wanted.delete(each), tellUnheard);
      });
      for (const each of [client, subscriber]) {
        // A connection that was on the way when it was stopped comes about nevertheless.
        each.on("ready", () => {
          if (isStopped) each.destroy();
        });
        each.connect().catch(() => {});
      }
    },
    stop() {
      isStopped = true;
      for (const each of [client, subscriber]) if (each.isOpen) each.destroy();
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
