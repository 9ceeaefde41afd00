import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { findFreePorts, isPortFree, loopback } from "./ports.ts";

test("free ports are different, free, and outside of the ports of outgoing connections", async () => {
  const ports = await findFreePorts(10);
  expect(new Set(ports).size).toBe(10);
  expect(ports.every((port) => port >= 20_000 && port < 32_000)).toBe(true);
  const free = await Promise.all(ports.map(isPortFree));
  expect(free).not.toContain(false);
});

test("a port on which somebody listens is not free", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.listen(0, loopback, () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no TCP address"));
      else resolve(address.port);
    });
  });
  onTestFinished(() => void server.close());
  expect(await isPortFree(port)).toBe(false);
});
