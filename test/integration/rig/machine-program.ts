/** A program of the machine beside the cluster (nginx, redis-server), for one test file. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePorts } from "@quorate/scripts/src/ports.ts";
import { eventually } from "./eventually.ts";

/** A start on a busy machine. */
const listensMsMax = 10_000;

/** A program that listens on a port of loopback until it is stopped. */
export interface MachineProgram {
  readonly port: number;
  /** Kills it, and removes what it has written. */
  stop(): Promise<void>;
}

/** Whether the machine has the program; says so where it has not, because tests are skipped then. */
export function hasProgram(name: string): boolean {
  const found = spawnSync(name, ["-v"]).status === 0;
  if (!found) console.warn(`skipped: there is no ${name} on this machine`);
  return found;
}

/** A Redis that keeps nothing on disk. */
export async function startRedis(): Promise<MachineProgram> {
  const [port = 0] = await findFreePorts(1);
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  return start({ name: "redis-server", args, port, folder: null });
}

/**
 * An nginx that spreads calls over the gateways, in turn. Each answer has `x-upstream`: who gave it.
 */
export async function startNginx(gatewayUrls: readonly string[]): Promise<MachineProgram> {
  const [port = 0] = await findFreePorts(1);
  const folder = mkdtempSync(join(tmpdir(), "quorate-nginx-"));
  const file = join(folder, "nginx.conf");
  writeFileSync(file, nginxConfig({ folder, port, gatewayUrls }));
  return start({ name: "nginx", args: ["-c", file, "-e", "stderr"], port, folder });
}

function nginxConfig(at: {
  readonly folder: string;
  readonly port: number;
  readonly gatewayUrls: readonly string[];
}): string {
  const { folder, port, gatewayUrls } = at;
  const servers = gatewayUrls.map(
    (url) => `server ${new URL(url).host} max_fails=1 fail_timeout=1s;`,
  );
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
    ${process.getuid?.() === 0 ? "user root;" : ""}
    daemon off;
    worker_processes 1;
    pid ${folder}/nginx.pid;
    error_log stderr crit;
    events { worker_connections 256; }
    http {
      access_log off;
      ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n")}
      upstream gateways { ${servers.join(" ")} keepalive 16; }
      server {
        listen 127.0.0.1:${port};
        client_max_body_size 6m;
        add_header X-Upstream $upstream_addr always;
        location / {
          proxy_pass http://gateways;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $host;
          proxy_read_timeout 60s;
        }
      }
    }`;
}

async function start(program: {
  readonly name: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly folder: string | null;
}): Promise<MachineProgram> {
  const { name, args, port, folder } = program;
  const child = spawn(name, args, { stdio: ["ignore", "ignore", "inherit"] });
  const stop = async (): Promise<void> => {
    await end(child);
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(`${name} listens`, listensMsMax, () => listens(port));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

/** nginx ends its workers when it is asked to, not when it is killed. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

async function listens(port: number): Promise<true | null> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}
