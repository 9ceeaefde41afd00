/** A real redis-server on loopback, for one test file. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createClient } from "redis";
import { createRedisLink, type RedisLink } from "../redis/redis-link.ts";

/** Whether this machine has one; `npm test` installs it, other runs skip and say so. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
if (!hasRedis) console.warn("skipped: there is no redis-server on this machine");

/** A server that a test can stop, freeze and fill. */
export type RedisServer = Awaited<ReturnType<typeof startRedis>>;

/** Starts a server that keeps nothing on disk. */
export async function startRedis() {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let process = await spawnServer(port);
  const client = createClient({ url, socket: { reconnectStrategy: 20 } });
  client.on("error", () => {});
  await client.connect();
  const kill = async (): Promise<void> => {
    process.kill("SIGKILL");
    if (process.exitCode === null && process.signalCode === null) await once(process, "exit");
  };
  return {
    url,
    /** Of somebody who may do everything. */
    client,
    kill,
    /** Starts it anew at the same address, empty. */
    async restart() {
      process = await spawnServer(port);
    },
    /** It accepts connections, and answers nothing. */
    freeze: () => void process.kill("SIGSTOP"),
    thaw: () => void process.kill("SIGCONT"),
    async stop() {
      client.destroy();
      await kill();
    },
  };
}

/** A link as a gateway has it, but for its patience: the machine may be busy. */
export function linkTo({ url }: RedisServer, answerMsMax: number): RedisLink {
  const address = { url, username: null, password: null };
  return createRedisLink(address, { info() {}, warn() {} }, answerMsMax);
}

async function spawnServer(port: number): Promise<ChildProcess> {
  const server = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  for await (const chunk of server.stdout) {
    if (String(chunk).includes("Ready to accept connections")) break;
  }
  server.stdout.resume();
  return server;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}
