/** The main job: everything acknowledged is received once, while the primary is killed. */
import { runKills } from "@quorate/test-workspace/integration/rig/kills.ts";
import type { Measurement } from "./measurement.ts";

/** See the file. */
export const mainJob: Measurement = {
  name: "main-job",
  what: "enqueue with dedup ids and consume while the primary is killed",
  async measure(cluster, { mainJobKills, mainJobMessages }) {
    const report = await runKills(cluster, {
      queue: "main-job",
      messages: mainJobMessages,
      kills: mainJobKills,
      victim: (each) => each.primary(),
      onKill: (line) => console.log(`  ${line}`),
    });
    const { acknowledged, received, lost, duplicated, refused, retries, gapsMs } = report;
    return {
      figures: [
        { name: "acknowledged", value: acknowledged, unit: "" },
        { name: "received", value: received, unit: "" },
        { name: "lost", value: lost, unit: "" },
        { name: "duplicated", value: duplicated, unit: "" },
        { name: "acks refused", value: refused.length, unit: "" },
        { name: "calls sent again", value: retries, unit: "" },
        ...gapsMs.map((value, kill) => {
          return { name: `longest gap, kill ${kill + 1}`, value, unit: "ms" } as const;
        }),
      ],
      cpuMicros: {},
    };
  },
};
