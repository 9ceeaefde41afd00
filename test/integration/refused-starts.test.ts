/** A process that cannot do its work says why in one line, and ends with the code that names it. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { repositoryFolder } from "@quorate/scripts/src/places.ts";
import { type Cluster, createTestCluster } from "./rig/cluster.ts";
import { fieldsOf, listIn } from "./rig/answer.ts";
import { eventually } from "./rig/eventually.ts";
import { RigProcess } from "./rig/rig-process.ts";

/** The numbers that supervisors and operators are told, for replicas and gateways alike. */
const exitCodes = {
  configuration: 64,
  key: 65,
  dataFolder: 66,
  addressInUse: 67,
  folderMoved: 69,
  tooFewFiles: 72,
} as const;

/** util-linux; begins a program with another limit. */
const prlimit = "/usr/bin/prlimit";
/** Enough for Node to begin, not enough for a replica. */
const openFiles = 24;

let cluster: Cluster;
let tries = 0;
beforeAll(async () => {
  cluster = await createTestCluster();
});
afterAll(() => cluster.stop());

/** Starts a program with a changed configuration; its exit code, and what it said. */
async function start(
  id: string,
  change: Readonly<Record<string, unknown>>,
): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> {
  const config: unknown = JSON.parse(readFileSync(cluster.folder.configFile(id), "utf8"));
  const name = `${id}-try-${tries++}`;
  const file = cluster.folder.configFile(name);
  writeFileSync(file, JSON.stringify({ ...Object(config), ...change }));
  const program = id === "api" ? "apps/api/src/main.ts" : "apps/replica/src/main.ts";
  const args = [program, "--config", file];
  const process = new RigProcess({ id, args, log: cluster.folder.log(name) });
  onTestFinished(() => process.stop());
  process.start();
  const code = await process.ended();
  // Lines of the log are JSON; what is said to a person is not.
  const lines = readFileSync(process.log, "utf8").trim().split("\n");
  return { code, lines: lines.filter((line) => line !== "" && !line.startsWith("{")) };
}

function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return once(socket, "connect").then(
    () => socket.destroy() !== null,
    () => false,
  );
}

/** A key file with one changed byte, and one that was cut off. */
function damagedKey(id: string, damage: (bytes: Buffer) => Buffer): string {
  const path = join(cluster.folder.keysFolder, `damaged-${tries++}.key`);
  writeFileSync(path, damage(readFileSync(cluster.folder.keyFile(id))), { mode: 0o600 });
  return path;
}

function flipOne(bytes: Buffer): Buffer {
  const at = bytes.lastIndexOf(0x22) - 8;
  bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
  return bytes;
}

test("a configuration with an unknown field ends a replica with `configuration`", async () => {
  const { code, lines } = await start("r0", { dataDirectory: "elsewhere" });
  expect(code).toBe(exitCodes.configuration);
  expect(lines.join("\n")).toMatch(/^replica: cannot start: [^]*dataDirectory/);
});

test("a member that the cluster does not have ends with `configuration`", async () => {
  const { code, lines } = await start("r0", { replicaId: "r9" });
  expect(code).toBe(exitCodes.configuration);
  expect(lines).toEqual(["replica: cannot start: the cluster has no member r9"]);
});

test("a cluster file with a key of small order ends every process with `configuration`", async () => {
  const file = fieldsOf(JSON.parse(readFileSync(cluster.folder.clusterFile, "utf8")));
  const [first, ...others] = listIn(file, "members");
  const harmed = [{ ...first, publicKey: "00".repeat(32) }, ...others];
  const clusterFile = join(cluster.folder.path, "small-order.json");
  writeFileSync(clusterFile, JSON.stringify({ ...file, members: harmed }));
  for (const id of ["r1", "api"]) {
    const { code, lines } = await start(id, { clusterFile });
    expect(code).toBe(exitCodes.configuration);
    expect(lines).toEqual([expect.stringMatching(/public key of r0 is refused: small-order/)]);
  }
});

test("a damaged key file, or that of another member, ends a replica with `key`", async () => {
  for (const keyFile of [
    damagedKey("r0", flipOne),
    damagedKey("r0", (bytes) => bytes.subarray(0, bytes.length / 2)),
  ]) {
    const { code, lines } = await start("r0", { keyFile });
    expect(code).toBe(exitCodes.key);
    expect(lines).toEqual([expect.stringMatching(/^replica: cannot start: .*damaged/)]);
  }
});

test("a damaged key file ends the gateway with `key`", async () => {
  const { code, lines } = await start("api", { keyFile: damagedKey("g0", flipOne) });
  expect(code).toBe(exitCodes.key);
  expect(lines).toEqual([expect.stringMatching(/^api: .*damaged/)]);
});

test("a passphrase that is missing, or opens another key, ends a replica by what is wrong", async () => {
  const missing = await start("r0", { passphraseFile: "nowhere" });
  expect(missing.code).toBe(exitCodes.configuration);
  expect(missing.lines).toEqual([expect.stringMatching(/no such file or directory.*nowhere/)]);
  const wrong = await start("r0", { passphraseFile: cluster.folder.passphraseFile("r1") });
  expect(wrong.code).toBe(exitCodes.key);
  expect(wrong.lines).toEqual(["replica: cannot start: the passphrase does not open the key file"]);
});

test("a passphrase that everybody may read ends a replica with `key`, and says what to run", async () => {
  const passphraseFile = join(cluster.folder.keysFolder, "open.passphrase");
  copyFileSync(cluster.folder.passphraseFile("r0"), passphraseFile);
  chmodSync(passphraseFile, 0o644);
  const { code, lines } = await start("r0", { passphraseFile });
  expect(code).toBe(exitCodes.key);
  const mended = /open\.passphrase has mode 0644 and is open to .*everybody\. Run: chmod 600 \//;
  expect(lines).toEqual([expect.stringMatching(mended)]);
});

test("an address that is not this machine's ends a replica with `configuration`", async () => {
  const { code, lines } = await start("r0", { listen: { host: "192.0.2.1", port: 0 } });
  expect(code).toBe(exitCodes.configuration);
  expect(lines).toEqual([expect.stringMatching(/EADDRNOTAVAIL.*192\.0\.2\.1/)]);
});

test("a machine that lets it open too few files ends a replica with `tooFewFiles`", () => {
  const limit = `--nofile=${openFiles}:${openFiles}`;
  const config = cluster.folder.configFile("r0");
  const { status, stderr } = spawnSync(
    prlimit,
    [limit, process.execPath, "apps/replica/src/main.ts", "--config", config],
    { cwd: repositoryFolder, encoding: "utf8", timeout: 30_000 },
  );
  expect(status).toBe(exitCodes.tooFewFiles);
  expect(stderr).toMatch(/^replica: cannot start: raise the limit of open files: .*EMFILE.*\n$/);
});

test("a port of somebody else ends a process with `addressInUse`", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const listen = { host: "127.0.0.1", port };
  for (const change of [{ listen }, { metrics: listen }]) {
    const { code, lines } = await start("r1", change);
    expect(code).toBe(exitCodes.addressInUse);
    expect(lines).toEqual([expect.stringMatching(/EADDRINUSE/)]);
  }
  const { code, lines } = await start("api", { listen });
  expect(code).toBe(exitCodes.addressInUse);
  expect(lines).toEqual([expect.stringMatching(/EADDRINUSE/)]);
});

test("a data folder that is held, or another member's, ends a replica with `dataFolder`", async () => {
  const replica = cluster.replica("r2");
  replica.process.start();
  // A replica opens its folder before its port.
  await eventually("r2 serves its port", 30_000, async () =>
    (await isListening(replica.port)) ? true : null,
  );
  const held = await start("r0", { dataDir: replica.dataFolder });
  expect(held.code).toBe(exitCodes.dataFolder);
  expect(held.lines).toEqual([expect.stringMatching(/^replica: cannot start: /)]);

  await replica.process.stop();
  const foreign = await start("r0", { dataDir: replica.dataFolder });
  expect(foreign.code).toBe(exitCodes.dataFolder);
  expect(foreign.lines).toEqual([expect.stringMatching(/belongs to another replica/)]);
});

test("S12 a copy of a member's folder ends it with `folderMoved`", async () => {
  const { process, dataFolder } = cluster.replica("r2");
  process.start();
  await eventually("r2 has a superblock", 30_000, async () =>
    (await isListening(cluster.replica("r2").port)) ? true : null,
  );
  await process.stop();
  const dataDir = join(cluster.folder.path, "copied");
  cpSync(dataFolder, dataDir, { recursive: true, preserveTimestamps: true });
  const { code, lines } = await start("r2", { dataDir });
  expect(code).toBe(exitCodes.folderMoved);
  expect(lines).toEqual([
    "replica: cannot start: this folder was copied or restored: a member that forgot what it " +
      "promised must come back as a lost disk: erase the folder",
  ]);
});
