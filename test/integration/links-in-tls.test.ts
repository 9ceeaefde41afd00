/** A cluster whose links are inside TLS, and whose certificates are replaced while it runs. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { TestAuthority } from "@quorate/transport/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fieldsOf } from "./rig/answer.ts";
import { type Cluster, createTestCluster } from "./rig/cluster.ts";
import { eventually } from "./rig/eventually.ts";

/** Files are looked at every 10 s. */
const takenMsMax = 30_000;

let cluster: Cluster;
let authority = new TestAuthority();
const folderOf = (id: string): string => join(cluster.folder.path, "tls", id);

beforeAll(async () => {
  cluster = await createTestCluster();
  for (const { id } of cluster.processes) {
    const file = cluster.folder.configFile(id);
    const config = fieldsOf(JSON.parse(readFileSync(file, "utf8")));
    writeFileSync(file, JSON.stringify({ ...config, tls: authority.issue(folderOf(id)) }));
  }
  for (const process of cluster.processes) process.start();
  await cluster.ready();
});
afterAll(() => cluster.stop());

/** What a replica's port shows to whoever connects. */
function fingerprintOf(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    socket.on("error", () => resolve(null));
    socket.once("secureConnect", () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
  });
}

test("a cluster serves over links in TLS, and takes new certificates while it runs", async () => {
  await cluster.whole();
  const admin = cluster.client("admin");
  expect((await admin.put("/v1/queues/orders", {})).status).toBe(201);
  const { view } = await cluster.whole();
  const [replica] = await cluster.backups();
  if (replica === undefined) throw new Error("a cluster of three has backups");
  const before = await fingerprintOf(replica.port);
  expect(before).not.toBeNull();

  authority = new TestAuthority();
  for (const { id } of cluster.processes) authority.issue(folderOf(id));
  await eventually("the new certificate is shown", takenMsMax, async () => {
    const now = await fingerprintOf(replica.port);
    return now !== null && now !== before ? true : null;
  });
  // Links that exist stay as they are.
  expect((await cluster.whole()).view).toBe(view);
  await replica.process.stop();
  replica.process.start();
  await cluster.whole();

  await replica.process.stop();
  rmSync(join(folderOf(replica.id), "tls.key"));
  replica.process.start();
  expect(await replica.process.ended()).toBe(64);
  expect(readFileSync(replica.process.log, "utf8")).toMatch(/cannot start: ENOENT.*tls\.key/);
});
