/** A member that contradicts itself is convicted by a real replica, and stays so over its death. */
import { readFileSync } from "node:fs";
import { nodeCrypto, readKeyFile } from "@quorate/identity";
import { asOp, asView, keyIdOf, parseClusterFile, signMessage } from "@quorate/protocol";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { LyingProcess } from "../fuzz/lying-member.ts";
import { type Cluster, type RigReplica, startCluster } from "./rig/cluster.ts";
import { eventually } from "./rig/eventually.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

async function evidenceLines(replica: RigReplica): Promise<readonly string[]> {
  const text = await (await fetch(replica.metricsUrl)).text();
  return text.split("\n").filter((line) => line.startsWith("quorate_evidence_total{"));
}

test("two PrepareOks of one op convict their signer, before and after a kill -9", async () => {
  const config = parseClusterFile(readFileSync(cluster.folder.clusterFile, "utf8"));
  const { clusterId } = config;
  const passphrase = readFileSync(cluster.folder.passphraseFile("r0"), "utf8").trim();
  const use = { purpose: "replica", clusterId, passphrase } as const;
  const signer = await readKeyFile(cluster.folder.keyFile("r0"), use);
  const judge = cluster.replica("r2");
  expect(await evidenceLines(judge)).toEqual([]);
  await cluster.replica("r0").process.stop();

  const liar = new LyingProcess(config, 0, signer);
  onTestFinished(() => liar.stop());
  await liar.start([1, 2]);
  const { configDigest } = liar;
  const place = { clusterId, epoch: config.epoch, configDigest, view: asView(1) };
  const keyId = keyIdOf(signer.publicKey, nodeCrypto.sha256);
  const as = {
    role: "replica",
    sender: 0,
    keyId,
    incarnation: 0,
    sign: (bytes: Uint8Array) => signer.sign(bytes),
  } as const;
  for (const fill of [1, 2]) {
    const headerHash = new Uint8Array(32).fill(fill);
    const message = { command: "prepareOk", op: asOp(1_000), headerHash } as const;
    await liar.send(2, signMessage(message, place, as, nodeCrypto.sha256));
  }

  const line = 'quorate_evidence_total{kind="two-acknowledgements",member="r0"} 1';
  await eventually("the evidence is counted and kept", 30_000, async () => {
    const isKept = readFileSync(cluster.folder.log("r2"), "utf8").includes("evidence kept");
    return isKept && (await evidenceLines(judge)).includes(line) ? true : null;
  });
  await judge.process.kill();
  judge.process.start();
  await eventually("the evidence is counted again", 30_000, async () => {
    const lines = await evidenceLines(judge).catch((): readonly string[] => []);
    return lines.includes(line) ? true : null;
  });
  expect(await evidenceLines(cluster.replica("r1"))).toEqual([]);
});
