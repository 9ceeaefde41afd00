import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseClusterFile } from "@quorate/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevFolder, devFolderAt } from "./dev-folder.ts";
import { exitCodes } from "./exit-codes.ts";
import { createCluster, type DevCluster, openCluster } from "./genesis.ts";

let folder: DevFolder;
let created: DevCluster;

beforeAll(async () => {
  folder = devFolderAt(mkdtempSync(join(tmpdir(), "quorate-genesis-")));
  created = await createCluster(folder, { replicas: 1, portsTaken: [8080] });
});

afterAll(() => rmSync(folder.path, { recursive: true }));

test("a new cluster has one key for each replica, the gateway and the operator", () => {
  const config = parseClusterFile(readFileSync(folder.clusterFile, "utf8"));
  expect(config.members.map(({ id, role }) => ({ id, role }))).toEqual([
    { id: "r0", role: "voter" },
  ]);
  expect(config.gateways.map(({ id }) => id)).toEqual(["g0"]);
  expect(config.operators.map(({ id }) => id)).toEqual(["o0"]);
  expect(config.operatorThreshold).toBe(1);
  expect(config.members[0]?.address).toBe(`http://127.0.0.1:${created.replicas[0]?.port}`);
});

test("keys and passphrases are for the owner alone", () => {
  for (const id of ["r0", "g0", "o0"]) {
    expect(statSync(folder.keyFile(id)).mode & 0o777).toBe(0o600);
    expect(statSync(folder.passphraseFile(id)).mode & 0o777).toBe(0o600);
  }
});

test("each member's folder is formatted, so that one without is known as a lost disk", () => {
  expect(readdirSync(folder.dataFolder("r0")).toSorted()).toEqual([
    "folder",
    "superblock-1",
    "superblock-2",
  ]);
});

test("a cluster that was created opens again as the same", async () => {
  expect(await openCluster(folder)).toEqual(created);
});

test("a damaged key file is named, before anything is started", async () => {
  await withDamaged(folder.keyFile("r0"), (text) => text.replace(/"sealed":"../, '"sealed":"zz'));
});

test("a passphrase that was changed is named with the key that it does not open", async () => {
  await withDamaged(folder.passphraseFile("o0"), () => "another", folder.keyFile("o0"));
});

test("a passphrase that others may read is named before anything is started, with its mode", async () => {
  const path = folder.passphraseFile("r0");
  chmodSync(path, 0o644);
  await expect(openCluster(folder)).rejects.toMatchObject({
    exitCode: exitCodes.damagedFile,
    message: expect.stringContaining(`${path} has mode 0644`),
  });
  chmodSync(path, 0o600);
});

test("a damaged cluster file is named", async () => {
  await withDamaged(folder.clusterFile, (text) => text.slice(0, -10));
});

async function withDamaged(
  path: string,
  damage: (text: string) => string,
  named = path,
): Promise<void> {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, damage(text));
  try {
    await expect(openCluster(folder)).rejects.toMatchObject({
      exitCode: exitCodes.damagedFile,
      message: expect.stringContaining(named),
    });
  } finally {
    writeFileSync(path, text);
  }
}
