/** SIGKILL of replicas under load: nothing acknowledged is lost, nothing comes twice. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "./rig/cluster.ts";
import { type KillReport, runKills } from "./rig/kills.ts";
import { killsOfPrimary, messagesPerKill } from "./rig/settings.ts";

/** A call may take 10 s (contract). Beside thirty other programs the longest gap was 1.4 s. */
const gapMsMax = 10_000;
const killsOfBackup = 2;
const perKillMs = 60_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

function expectExactlyOnce(report: KillReport, messages: number, kills: number): void {
  expect(report).toMatchObject({
    acknowledged: messages,
    received: messages,
    lost: 0,
    duplicated: 0,
    refused: [],
  });
  expect(report.gapsMs).toHaveLength(kills);
  expect(Math.max(...report.gapsMs)).toBeLessThan(gapMsMax);
}

test(
  `nothing is lost or doubled while the primary is killed ${killsOfPrimary} times`,
  { timeout: (killsOfPrimary + 1) * perKillMs },
  async () => {
    const messages = (killsOfPrimary + 1) * messagesPerKill;
    const viewBefore = (await cluster.whole()).view;
    const report = await runKills(cluster, {
      queue: "primary-killed",
      messages,
      kills: killsOfPrimary,
      victim: (each) => each.primary(),
      onKill: (line) => console.log(line),
    });
    expectExactlyOnce(report, messages, killsOfPrimary);
    expect((await cluster.whole()).view).toBeGreaterThanOrEqual(viewBefore + killsOfPrimary);
  },
);

test(
  `nothing is lost or doubled while a backup is killed ${killsOfBackup} times`,
  { timeout: (killsOfBackup + 1) * perKillMs },
  async () => {
    const messages = (killsOfBackup + 1) * messagesPerKill;
    const viewBefore = (await cluster.whole()).view;
    const report = await runKills(cluster, {
      queue: "backup-killed",
      messages,
      kills: killsOfBackup,
      victim: async (each) => {
        const [backup] = await each.backups();
        if (backup === undefined) throw new Error("a cluster of three has backups");
        return backup;
      },
      onKill: (line) => console.log(line),
    });
    expectExactlyOnce(report, messages, killsOfBackup);
    expect((await cluster.whole()).view).toBe(viewBefore);
  },
);
