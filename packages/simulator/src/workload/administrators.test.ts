import { Prng } from "@quorate/prelude";
import { decodeOperation, decodeOutcome } from "@quorate/queue";
import { expect, test } from "vitest";
import { SimCluster } from "../cluster/sim-cluster.ts";
import { calmNetwork } from "../network/sim-network.ts";
import { drawPressed } from "../run/swarm.ts";
import { Trace } from "../world/trace.ts";
import { World } from "../world/world.ts";
import { Administrators } from "./administrators.ts";

test("administrators do all that a queue allows, and much of it comes about", async () => {
  const failures: unknown[] = [];
  const onFailure = (error: unknown): void => void failures.push(error);
  const world = new World(1, new Trace(null));
  const drawn = drawPressed(new Prng(1).fork());
  const calm = { faults: {}, strikes: [], network: calmNetwork, skewMicros: 0 };
  const swarm = { ...drawn, ...calm, replicaCount: 1 as const, administrators: 4 };
  const cluster = new SimCluster(world, swarm, onFailure);
  const prng = world.prng.fork();
  const { clients } = cluster;
  const administrators = new Administrators({ world, clients, prng, restScale: 1, onFailure });
  cluster.start();
  administrators.begin(swarm.administrators);
  await world.run(40_000_000, () => false);
  administrators.finish();
  await world.run(60_000_000, () => administrators.isDone);
  cluster.dispose();

  expect(failures).toEqual([]);
  expect(administrators.isDone).toBe(true);
  const done = new Set<string>();
  for (const { call } of cluster.executed?.entries ?? []) {
    if (call === null) continue;
    const asked = decodeOperation(call.asked);
    const told = decodeOutcome(call.told);
    if (told.type === "refused") continue;
    done.add(asked.type === "once" ? asked.operation.type : asked.type);
    if (told.type === "repeated") done.add("repeated");
    if (told.type === "purged" && told.removed > 0) done.add("purged something");
    if (told.type === "task" && told.task.matched > 0) done.add("redrove something");
    if (told.type === "dequeued" && told.replayed) done.add("dequeued again");
    if (told.type !== "settled") continue;
    for (const result of told.results) if (result.status === "settled") done.add(result.state);
  }
  expect([...done].toSorted()).toEqual([
    "cancel-task",
    "dead",
    "delete-message",
    "delete-queue",
    "dequeue",
    "dequeued again",
    "done",
    "enqueue",
    "extend-dequeue",
    "leased",
    "pause-queue",
    "purge",
    "purged something",
    "put-queue",
    "ready",
    "redrive",
    "redrove something",
    "repeated",
    "scheduled",
    "settle",
  ]);
});
