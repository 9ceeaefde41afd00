import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createKeyFile, signerOfSeed } from "@quorate/identity";
import { hexEncode } from "@quorate/prelude";
import { asEpoch, formatClusterFile } from "@quorate/protocol";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { createTestIssuer, type TestIssuer } from "./testing/tokens.ts";

const main = new URL("./main.ts", import.meta.url).pathname;
const clusterId = new Uint8Array(32).fill(0xc1);
const passphrase = "a passphrase of a test";

let folder: string;
let issuer: TestIssuer;

/** A gateway's files: three members that nobody runs, and this gateway's key. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "quorate-process-"));
  issuer = await createTestIssuer(folder, () => Date.now());
  writeFileSync(join(folder, "passphrase"), `${passphrase}\n`, { mode: 0o600 });
  writeFileSync(join(folder, "open"), `${passphrase}\n`, { mode: 0o644 });
  const use = { purpose: "gateway", clusterId, passphrase } as const;
  const gateway = await createKeyFile(join(folder, "g0.key"), use);
  const publicKeyOf = (seed: number) => signerOfSeed(new Uint8Array(32).fill(seed)).publicKey;
  const cluster = formatClusterFile({
    clusterId,
    epoch: asEpoch(0),
    pipelineMax: 8,
    checkpointOps: 64,
    checkpointBytes: 1_048_576,
    createdAtMs: 1,
    members: [0, 1, 2].map((index) => ({
      id: `r${index}`,
      // Port 9 is discard: nothing of ours listens there.
      address: "http://127.0.0.1:9",
      role: "voter",
      publicKey: publicKeyOf(index + 1),
    })),
    gateways: [{ id: "g0", publicKey: gateway.publicKey }],
    operators: [],
    operatorThreshold: 0,
  });
  writeFileSync(join(folder, "cluster.json"), cluster);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function start(changes: object = {}): ChildProcess {
  const config = {
    clusterFile: "cluster.json",
    gatewayId: "g0",
    keyFile: "g0.key",
    passphraseFile: "passphrase",
    listen: { host: "127.0.0.1", port: 0 },
    dashboardDir: "no-such-folder",
    issuers: [
      { name: "test", issuer: issuer.issuer, audience: issuer.audience, jwksFile: "jwks.json" },
    ],
    log: { level: "info" },
    publicUrl: null,
    ...changes,
  };
  const file = join(folder, `api-${performance.now()}.json`);
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(process.execPath, [main, "--config", file], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A test that fails before it has ended the process must not leave it behind.
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.once("close", resolve);
  });

/** The port that the process says it listens on. */
async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("the process has no stdout");
  for await (const line of createInterface({ input: child.stdout })) {
    const fields: unknown = JSON.parse(line);
    if (typeof fields === "object" && fields !== null && "port" in fields)
      return Number(fields.port);
  }
  throw new Error("the process never listened");
}

/** A process starts in a second or two; on a busy machine that is half a minute. */
const processTestMsMax = 120_000;

describe("the process", () => {
  it(
    "serves what it can without a cluster, and ends when it is told to",
    async () => {
      const child = start();
      const url = `http://127.0.0.1:${await portOf(child)}`;
      const authorization = `Bearer ${await issuer.token("enqueue:* cluster:read")}`;
      const get = (path: string) => fetch(url + path, { headers: { authorization } });
      expect((await get("/livez")).status).toBe(200);
      expect((await get("/")).status).toBe(200);
      expect(await (await get("/metrics")).text()).toContain("quorate_http_request_seconds");
      const cluster: unknown = await (await get("/v1/cluster")).json();
      expect(cluster).toMatchObject({
        clusterId: hexEncode(clusterId),
        primary: null,
        quorum: { needed: 2, reachable: 0, canLose: 0 },
      });
      expect((await get("/readyz")).status).toBe(503);
      const enqueue = await fetch(`${url}/v1/queues/orders/enqueue`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: '{"body":1}',
      });
      expect(enqueue.status).toBe(503);
      expect(await enqueue.json()).toMatchObject({ outcome: "not-executed", retryable: true });
      child.kill("SIGTERM");
      expect(await ended(child)).toBe(0);
    },
    processTestMsMax,
  );

  it.each([
    ["an unknown gateway", { gatewayId: "g9" }, exitCodes.configuration],
    ["a missing file", { clusterFile: "nowhere.json" }, exitCodes.configuration],
    ["a file that is no key", { keyFile: "cluster.json" }, exitCodes.key],
    ["a passphrase for everybody", { passphraseFile: "open" }, exitCodes.key],
    [
      "a password for everybody",
      { redis: { url: "redis://127.0.0.1:1", passwordFile: "open" } },
      exitCodes.key,
    ],
  ])(
    "with %s says so in one line and ends",
    async (_name, changes, code) => {
      const child = start(changes);
      let said = "";
      child.stderr?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      expect(await ended(child)).toBe(code);
      expect(said).toMatch(/^api: [^\n]+\n$/);
    },
    processTestMsMax,
  );
});
