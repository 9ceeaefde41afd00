import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** Where a dev cluster listens: nobody outside of this machine reaches it. */
export const loopback = "127.0.0.1";

/**
 * Ports that systems do not hand out by themselves for outgoing connections (those are above
 * 32,767 on Linux and 49,151 elsewhere), so that a replica finds its port free when it returns.
 */
const portFirst = 20_000;
const portLast = 31_999;

/** Tries before we believe that this machine has no free port; one in a thousand is in use. */
const triesMax = 1_000;

/**
 * Different free ports on loopback, all found free at one moment and none of `taken`. Throws
 * Failure `portBusy` when there are none.
 */
export async function findFreePorts(
  count: number,
  taken: readonly number[] = [],
): Promise<readonly number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (let tries = 0; ports.length < count && tries < triesMax; tries++) {
      const port = randomInt(portFirst, portLast + 1);
      const server = taken.includes(port) ? null : await listenOn(port);
      if (server === null) continue;
      held.push(server);
      ports.push(port);
    }
  } finally {
    await Promise.all(held.map(close));
  }
  if (ports.length === count) return ports;
  throw new Failure(exitCodes.portBusy, `no free port from ${portFirst} to ${portLast}`);
}

/** True when nobody listens on this port of loopback. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = await listenOn(port);
  if (server === null) return false;
  await close(server);
  return true;
}

/** A server on the port, or null when the port belongs to somebody else or may not be used. */
function listenOn(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host: loopback, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
