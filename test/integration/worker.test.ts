/** A program with the SDK's worker, while processes are killed with SIGKILL. */
import { Prng } from "@quorate/prelude";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runWorkerTrial } from "../proof/worker/worker-trial.ts";
import { type Cluster, startCluster } from "./rig/cluster.ts";
import { messagesWorked } from "./rig/settings.ts";

const killsPlanned = 4;
const killsMin = 3;

const trialMsMax = 150_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ gateways: 2 });
});
afterAll(() => cluster.stop());

test("workers lose nothing and settle nothing twice while primary and gateways are killed", async () => {
  const report = await runWorkerTrial({
    cluster,
    queue: "worked",
    messages: messagesWorked,
    random: new Prng(1),
    kills: killsPlanned,
    lastMs: performance.now() + trialMsMax,
  });
  const { ledger, notSent, kills, surplus, errors, left } = report;
  console.log(`${report.handled} calls of handlers, kills ${JSON.stringify(kills)}`);
  expect(ledger.broken).toEqual([]);
  expect({ notSent, surplus, errors, left }).toEqual({
    notSent: [],
    surplus: 0,
    errors: [],
    left: 0,
  });
  expect(ledger.acknowledged).toBe(messagesWorked);
  expect(kills.primary + kills.gateway).toBeGreaterThanOrEqual(killsMin);
});
