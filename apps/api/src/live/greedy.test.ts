/** Whoever sends and never reads: answers to it do not fill the memory. */
import { livePath } from "@quorate/contract";
import { expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { openWith } from "../testing/raw-connection.ts";
import { liveSocket } from "../limits.ts";

const gateway = await gatewayOfTests();

/** Pings of 125 bytes (RFC 6455 §5.5.2), masked with zeros. */
const pings = Buffer.concat(
  Array.from({ length: 8192 }, () => Buffer.concat([Buffer.of(0x89, 0xfd), Buffer.alloc(129)])),
);

it("a socket that pings without end and never reads is let go", async () => {
  const { socket } = await openWith(
    gateway,
    `GET ${livePath}/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n` +
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  socket.pause();
  // Four times what may wait, and what the kernels take beside it.
  let sent = 0;
  while (!socket.destroyed && sent < 4 * liveSocket.bufferedBytesMax + 32 * 1024 * 1024) {
    await new Promise<void>((resolve) => void socket.write(pings, () => resolve()));
    sent += pings.length;
  }
  await expect.poll(() => socket.closed).toBe(true);
});
