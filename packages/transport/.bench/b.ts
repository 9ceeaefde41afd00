import { fork } from "node:child_process";
import { generateKeyPairSync, createPrivateKey, sign } from "node:crypto";
import { createTransport } from "../src/index.ts";
import { testClock, testCrypto, silentLog, silentMetrics, replica } from "./tc.ts";
import { digestClusterConfig, asEpoch } from "@quorate/protocol";
const isChild = process.argv[2] === "child";
function key(i: number) {
  const k = createPrivateKey({
    key: Buffer.concat([
      Buffer.from("302e020100300506032b657004220420", "hex"),
      Buffer.alloc(32, i + 1),
    ]),
    format: "der",
    type: "pkcs8",
  });
  const x = (k.export({ format: "jwk" }) as any).x;
  return {
    publicKey: Uint8Array.from(Buffer.from(x, "base64url")),
    sign: (b: Uint8Array) => Uint8Array.from(sign(null, b, k)),
  };
}
const signers = [key(0), key(1)];
const config: any = {
  clusterId: new Uint8Array(32),
  epoch: asEpoch(1),
  pipelineMax: 8,
  createdAtMs: 0,
  members: signers.map((s, i) => ({
    id: "r" + i,
    address: "http://127.0.0.1:1",
    publicKey: s.publicKey,
    role: "voter",
  })),
  gateways: [],
  operators: [],
  operatorThreshold: 0,
};
const digest = digestClusterConfig(config, testCrypto.sha256);
let onPacket = (p: Uint8Array) => {};
let onUp = () => {};
const mk = (i: number, port: number) =>
  createTransport({
    self: replica(i),
    signer: signers[i]!,
    crypto: testCrypto,
    config,
    configDigest: digest,
    boot: 1,
    incarnation: 0,
    listen: { host: "127.0.0.1", port: 0 },
    clock: testClock,
    events: {
      onPacket: (_f, p) => onPacket(p),
      onLinkUp: () => onUp(),
      onLinkDown: () => console.log("DOWN", isChild),
    },
    metrics: silentMetrics,
    log: silentLog,
    dialAddressOf: () => `http://127.0.0.1:${port}`,
  });
if (isChild) {
  const t = mk(1, 0);
  await t.start();
  process.send!(t.port);
  // echo a window credit: acks every packet count with small packet; mode by first byte: 1 echo, 0 count+credit
  let n = 0,
    bytes = 0;
  onPacket = (p) => {
    if (p[0] === 1) {
      t.send(replica(0), p);
      return;
    }
    if (p[0] === 2) {
      // flood back
      const size = new DataView(p.buffer, p.byteOffset).getUint32(1, true);
      const count = new DataView(p.buffer, p.byteOffset).getUint32(5, true);
      flood(t, 0, size, count);
      return;
    }
    n++;
    t.send(replica(0), Uint8Array.of(9));
  };
  process.on("disconnect", () => process.exit(0));
} else {
  const c = fork(import.meta.filename, ["child"]);
  const port = await new Promise<number>((r) => c.once("message", (m: any) => r(m)));
  const t = mk(0, port);
  await new Promise<void>(async (r) => {
    onUp = r;
    await t.start();
  });
  const to = replica(1);
  async function stream(size: number, count: number, window: number, perTurn: number) {
    const p = new Uint8Array(size);
    let sent = 0,
      acked = 0;
    const s = performance.now();
    const cpu = process.cpuUsage();
    await new Promise<void>((done) => {
      let scheduled = false;
      const pump = () => {
        scheduled = false;
        let k = 0;
        while (sent < count && sent - acked < window && k < perTurn) {
          if (!t.send(to, p)) break;
          sent++;
          k++;
        }
        if (sent < count && sent - acked < window) {
          if (!scheduled) {
            scheduled = true;
            setImmediate(pump);
          }
        }
      };
      onPacket = (x) => {
        acked++;
        if (acked === count) done();
        else if (!scheduled) {
          scheduled = true;
          setImmediate(pump);
        }
      };
      pump();
    });
    const ms = performance.now() - s;
    const u = process.cpuUsage(cpu);
    console.log(
      `${size} B window ${window} perTurn ${perTurn}: ${((count / ms) * 1000).toFixed(0)} frames/s ${((count * size) / ms / 1000).toFixed(1)} MB/s, cpu ${((u.user + u.system) / count).toFixed(1)} us/packet`,
    );
  }
  async function rtt(size: number, count: number) {
    const p = new Uint8Array(size);
    p[0] = 1;
    const a: number[] = [];
    for (let i = 0; i < count; i++) {
      const s = performance.now();
      await new Promise<void>((r) => {
        onPacket = () => r();
        t.send(to, p);
      });
      a.push(performance.now() - s);
    }
    a.sort((x, y) => x - y);
    console.log(
      `rtt ${size} B p50 ${(a[count >> 1]! * 1000).toFixed(0)}us p99 ${(a[Math.floor(count * 0.99)]! * 1000).toFixed(0)}us`,
    );
  }
  await stream(300, 20000, 64, 64);
  for (const [w, pt] of [
    [64, 1],
    [64, 8],
    [64, 64],
    [512, 512],
  ] as const)
    await stream(300, 60000, w, pt);
  await stream(65536, 4000, 16, 1);
  await stream(65536, 4000, 16, 16);
  await stream(262144, 1500, 8, 8);
  await stream(1 << 20, 400, 4, 4);
  await rtt(300, 3000);
  await rtt(300, 5000);
  await rtt(65536, 1000);
  await rtt(1 << 20, 100);
  console.log([...t.rejects()]);
  await t.stop();
  c.disconnect();
}
