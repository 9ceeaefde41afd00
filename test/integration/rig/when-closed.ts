import type { Socket } from "node:net";

/**
 * Resolves when the connection is over, however the other end ends it: one that leaves something
 * unread resets it, which is an error of the socket, and `once` would throw it. Rejects when it is
 * still there after `withinMs`. To be called before anything that ends it.
 */
export function whenClosed(socket: Socket, withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`the connection is still open after ${withinMs} ms`));
    }, withinMs);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
