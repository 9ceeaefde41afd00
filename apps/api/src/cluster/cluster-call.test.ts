import { ask, type Conversation } from "@quorate/rest";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { hold } from "./cluster-call.ts";
import { clusterMsMax } from "../limits.ts";
import { InProcessCluster } from "../testing/in-process-cluster.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Asks so many times, each of which takes so long; answers how often it was answered. */
function* asking(times: number, tookMs: number): Conversation<number> {
  const question = { type: "list-queues", prefix: "", after: "", limit: 1 } as const;
  for (let answered = 0; answered < times; answered++) {
    yield* ask(question, { expects: "queues" });
    vi.advanceTimersByTime(tookMs);
  }
  return times;
}

it("a conversation of many steps is broken off where a single step would be given up", async () => {
  const cluster = new InProcessCluster();
  const quarter = clusterMsMax / 4;
  await expect(hold(cluster, asking(4, quarter))).resolves.toBe(4);
  await expect(hold(cluster, asking(5, quarter))).rejects.toMatchObject({ code: "overloaded" });
});
