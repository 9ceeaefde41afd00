/** Whoever reaches the port of the mesh without a key: refused, counted, and never a crash. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, type RigReplica, startCluster } from "./rig/cluster.ts";
import { eventually } from "./rig/eventually.ts";
import { whenClosed } from "./rig/when-closed.ts";

const upgrade = [
  "GET /link/?EIO=4&transport=websocket HTTP/1.1",
  "Host: x",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
];
const request = (...lines: string[]): Buffer => Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);

/** A masked binary message of websocket whose mask is zero. */
function message(content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = 0x82;
  header[1] = 0x80 | 126;
  header.writeUInt16BE(content.length, 2);
  return Buffer.concat([header, content]);
}

function textMessage(text: string): Buffer {
  const header = Buffer.alloc(6);
  header[0] = 0x81;
  header[1] = 0x80 | text.length;
  return Buffer.concat([header, Buffer.from(text)]);
}

/** The head of a message that claims to be larger than anything. */
function oversized(): Buffer {
  const header = Buffer.alloc(14);
  header[0] = 0x82;
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(2n ** 40n, 2);
  return header;
}

/** What a stranger says, and what it then waits for before it says the next. */
interface Saying {
  readonly bytes: Buffer;
  readonly answer: RegExp | null;
}

const say = (bytes: Buffer): Saying => ({ bytes, answer: null });
/** Engine.IO has opened, Socket.IO has joined: what it says then names a session. */
const open: Saying = { bytes: request(...upgrade), answer: /0\{"sid"/ };
const join: Saying = { bytes: textMessage("40"), answer: /\}[^]*40[\w-]{20}/ };

const strangers: readonly (readonly Saying[])[] = [
  [say(request("GET / HTTP/1.1", "Host: x"))],
  [say(request("GET /metrics HTTP/1.1", "Host: x"))],
  [say(request(...upgrade, "Origin: http://elsewhere.example"))],
  [say(request("NOT HTTP"))],
  [say(randomBytes(2_000))],
  // Reserved bits are set: random bytes that are no websocket in any case.
  [open, say(Buffer.concat([Buffer.from([0xf2]), randomBytes(3_000)]))],
  [open, say(oversized())],
  // A frame before the join.
  [open, say(message(randomBytes(500)))],
  [open, join, say(message(randomBytes(500)))],
  [open, join, say(message(Buffer.alloc(60_000)))],
];

/** Until a replica on a busy machine has answered a stranger, counted it, or closed the connection. */
const heardMsMax = 30_000;

let cluster: Cluster;
let replica: RigReplica;
beforeAll(async () => {
  cluster = await startCluster();
  replica = cluster.replica("r0");
});
afterAll(() => cluster.stop());

/** The replica's refusals on its links, all reasons together. */
async function refusals(): Promise<number> {
  const text = await (await fetch(replica.metricsUrl)).text();
  const lines = text.split("\n").filter((line) => line.startsWith("quorate_link_rejects_total{"));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

/** Says everything, and returns when the replica has closed the connection. */
async function speak(says: readonly Saying[]): Promise<void> {
  const socket = connect(replica.port, "127.0.0.1");
  let heard = "";
  socket.on("data", (bytes) => (heard += bytes.toString("latin1")));
  const closed = whenClosed(socket, heardMsMax);
  await once(socket, "connect");
  for (const { bytes, answer } of says) {
    socket.write(bytes);
    if (answer === null) continue;
    await eventually(`the answer ${answer.source}`, heardMsMax, () =>
      answer.test(heard) ? true : null,
    );
  }
  await closed;
}

test("garbage on the mesh port is refused and counted, and the cluster goes on", async () => {
  const { pid } = replica.process;
  const { view } = await cluster.whole();
  const before = await refusals();
  for (const says of strangers) await speak(says);
  await eventually("every stranger is counted", heardMsMax, async () =>
    (await refusals()) >= before + strangers.length ? true : null,
  );
  expect(replica.process.pid).toBe(pid);
  expect((await cluster.whole()).view).toBe(view);
});
