/**
 * Few connections, of which a new one is always among: an orchestrator that finds no room for its
 * probe kills a healthy process. So the server is never full; who came first goes first.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Keeps the server at `connectionsMax` connections. One more ends the oldest of the address that
 * has most, so that whoever opens many takes the place of its own, and only many addresses that of
 * others.
 */
export function keepRoom(server: Server, connectionsMax: number): void {
  // In the order in which they came; at most `connectionsMax` and one.
  const addresses = new Map<Socket, string>();
  server.on("connection", (socket: Socket) => {
    addresses.set(socket, socket.remoteAddress ?? "");
    socket.once("close", () => addresses.delete(socket));
    if (addresses.size <= connectionsMax) return;
    const crowd = crowdIn(addresses.values());
    for (const [each, address] of addresses) {
      if (address !== crowd || each === socket) continue;
      addresses.delete(each);
      each.destroy();
      return;
    }
  });
}

/** The address that stands there most often; of several, the one that came first. */
function crowdIn(addresses: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
  let crowd = "";
  let most = 0;
  for (const [address, count] of counts) if (count > most) [crowd, most] = [address, count];
  return crowd;
}
