import { hash } from "node:crypto"; import { rmSync } from "node:fs";
import { createFileJournal } from "./src/index.ts";
import { asEpoch, asOp, asTimestampMicros, asView, encodeEntryBody, digestEntryBody, hashEntryHeader, type Entry } from "@quorate/protocol";
import { bytesConcat } from "@quorate/prelude";
const sha256 = (...p: readonly Uint8Array[]) => new Uint8Array(hash("sha256", p.length === 1 ? p[0]! : bytesConcat(...p), "buffer"));
const dir = process.argv[2]!; const mode = process.argv[3]!; const n = Number(process.argv[4]); const size = Number(process.argv[5] ?? 300); const per = Number(process.argv[6] ?? 0);
const genesis = new Uint8Array(32).fill(9); const clusterId = new Uint8Array(32).fill(1);
const quiet = { debug() {}, info() {}, warn: console.log, error: console.log };
const metrics = { count() {}, gauge() {}, observe() {} };
const j = createFileJournal({ directory: dir, clusterId, replica: 0, genesis, sha256, events: { onFatal(r, c) { console.log("FATAL", r, c); process.exit(1); } }, log: quiet, metrics });
if (mode === "write") {
  rmSync(dir, { recursive: true, force: true });
  await j.open();
  const sb = (head: any) => ({ clusterId, configDigest: genesis, replica: 0, incarnation: 0, boot: 1, epoch: asEpoch(0), view: asView(1), lastNormalView: asView(1), commit: asOp(0), head, isHeadUncertain: false, viewProof: [], doViewChange: null });
  await new Promise<void>((r) => j.writeSuperblock(sb({ op: asOp(0), hash: genesis }), r));
  const body = encodeEntryBody({ random: new Uint8Array(16), items: [{ kind: "request", statement: new Uint8Array(size - 25) }] });
  const digest = digestEntryBody({ random: new Uint8Array(16), items: [{ kind: "request", statement: new Uint8Array(size - 25) }] }, sha256);
  const entries: Entry[] = []; let parent = genesis;
  for (let op = 1; op <= n; op++) {
    const header = { epoch: asEpoch(0), view: asView(1), op: asOp(op), parent, timestampMicros: asTimestampMicros(1_700_000_000_000_000 + op), requestsDigest: digest, bodyBytes: body.length };
    const h = hashEntryHeader(header, sha256); entries.push({ header, hash: h, body }); parent = h;
  }
  const group = per || Math.max(1, Math.floor(100_000 / (size + 192)));
  const t0 = performance.now(); const c0 = process.cpuUsage(); let batches = 0; const lat: number[] = [];
  for (let at = 0; at < n; at += group) {
    const b = performance.now();
    await new Promise<void>((r) => j.append(entries.slice(at, at + group), r)); batches++; lat.push(performance.now() - b);
  }
  const ms = performance.now() - t0; const c = process.cpuUsage(c0); lat.sort((a, b) => a - b);
  console.log({ n, size, group, batches, entriesPerS: Math.round(n / ms * 1000), mbPerS: +(n * size / ms / 1000).toFixed(1), cpuMsPerBatch: +((c.user + c.system) / 1000 / batches).toFixed(3), userMs: +(c.user/1000/batches).toFixed(3), p50: lat[batches >> 1]!.toFixed(2), p99: lat[Math.floor(batches * .99)]!.toFixed(2), fsyncP99: j.fsyncMicrosP99() });
} else {
  const t0 = performance.now(); const o = await j.open(); console.log("open", o.log.entries.length, o.log.isHeadUncertain, Math.round(performance.now() - t0), "ms", Math.round(process.memoryUsage().rss / 1e6), "MB rss", Math.round(process.memoryUsage().heapUsed / 1e6));
  const t1 = performance.now(); const ps = o.log.entries.slice(0, 256).map((e) => ({ op: e.header.op, hash: e.hash })); const r = await j.read(ps); console.log("read 256", (performance.now() - t1).toFixed(1), r.filter((x) => x === null).length);
}
await j.close();
