/** A real redis-server on loopback, for one test file. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createClient } from "redis";
import { createRedisLink, type RedisLink } from "../redis/redis-link.ts";

/** Ports that no system gives to outgoing connections: it finds its port free when it returns. */
const ports = { first: 20_000, end: 32_000 };
const triesMax = 100;

/** Whether this machine has one; `npm test` installs it, other runs skip and say so. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
if (!hasRedis) console.warn("skipped: there is no redis-server on this machine");

/** A server that a test can stop, freeze and fill. */
export type RedisServer = Awaited<ReturnType<typeof startRedis>>;

/** Starts a server that keeps nothing on disk. */
export async function startRedis() {
  const started = await spawnSomewhere();
  const { port } = started;
  let { process } = started;
  const url = `redis://127.0.0.1:${port}`;
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
      const again = await spawnServer(port);
      if (again === null) throw new Error(`redis-server does not come back at ${port}`);
      process = again;
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

async function spawnSomewhere(): Promise<{
  readonly port: number;
  readonly process: ChildProcess;
}> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = randomInt(ports.first, ports.end);
    const process = await spawnServer(port);
    if (process !== null) return { port, process };
  }
  throw new Error("no port for redis-server");
}

/** A server that answers, or null when it ended instead: its port is somebody else's. */
async function spawnServer(port: number): Promise<ChildProcess | null> {
  const server = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  for await (const chunk of server.stdout) {
    if (!String(chunk).includes("Ready to accept connections")) continue;
    server.stdout.resume();
    return server;
  }
  return null;
}
