/** Processes that die together, or freeze: what the cluster says meanwhile, and what is left. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fieldsIn, listIn, numberIn, textIn } from "./rig/answer.ts";
import { type Cluster, startCluster } from "./rig/cluster.ts";
import { eventually } from "./rig/eventually.ts";
import { Producer } from "./rig/producer.ts";
import { type RestAnswer, type RestClient } from "./rig/rest-client.ts";
import { untilDone } from "./rig/retry.ts";

/** A call may wait 10 s for its answer (contract); what is refused quickly has not waited for that. */
const refusalMsMax = 5_000;
/** SIGSTOP of the primary to the next acknowledgement: no call waits out its time. */
const frozenGapMsMax = 10_000;

let cluster: Cluster;
let admin: RestClient;
beforeAll(async () => {
  cluster = await startCluster();
  admin = cluster.client("admin", 8);
  await admin.put("/v1/queues/outage", {});
});
beforeEach(() => cluster.whole());
afterAll(() => cluster.stop());

const enqueue = (dedupId: string): Promise<RestAnswer> =>
  admin.post("/v1/queues/outage/enqueue", { body: dedupId, dedupId });
const stats = async () => {
  const { body } = await untilDone(() => admin.get("/v1/queues/outage"));
  return fieldsIn(body, "stats");
};

test("a cluster whose processes are all killed has everything that was acknowledged", async () => {
  const leasedIds = ["lease-0", "lease-1", "lease-2"];
  for (const id of leasedIds) expect((await enqueue(id)).status).toBe(201);
  const dequeue = { max: leasedIds.length, leaseMs: 600_000, dequeueId: "before" };
  const leased = await admin.post("/v1/queues/outage/dequeue", dequeue);
  const leases = listIn(leased.body, "messages").map((message) => textIn(message, "leaseId"));
  expect(leases.length).toBe(leasedIds.length);
  const count = 400;
  const load = { client: admin, queue: "outage", count, batch: 5, connections: 4, bodyBytes: 64 };
  const producer = new Producer(load);
  const producing = producer.run();
  await eventually("a part is acknowledged", 30_000, () =>
    producer.acknowledged.size >= count / 4 ? true : null,
  );

  await Promise.all(cluster.processes.map((each) => each.kill()));
  const acknowledged = new Map(producer.acknowledged);
  for (const each of cluster.processes) each.start();
  await producing;

  // The rest was sent again, and what was acknowledged before is still what it was.
  expect(new Set(producer.acknowledged.values()).size).toBe(count);
  expect(producer.acknowledged).toEqual(new Map([...producer.acknowledged, ...acknowledged]));
  expect(await stats()).toMatchObject({ ready: count, leased: leases.length });
  const settlements = leases.map((leaseId) => ({ leaseId, action: "ack" }));
  const settled = await admin.post("/v1/queues/outage/settle", { settlements });
  expect(settled.body).toMatchObject({ summary: { ok: leases.length, failed: 0 } });
});

test("a backup alone refuses quickly that nothing was done, and still shows what it has", async () => {
  const ready = numberIn(await stats(), "ready");
  const primary = await cluster.primary();
  const [backup] = await cluster.backups();
  const stopped = [primary, backup].flatMap((each) => (each === undefined ? [] : [each.process]));
  await Promise.all(stopped.map((each) => each.kill()));

  await cluster.lookUntil("a gateway that knows", ({ status }) => status === "no-quorum");
  const begin = performance.now();
  const refused = await enqueue("nobody-hears");
  expect(performance.now() - begin).toBeLessThan(refusalMsMax);
  expect(refused.status).toBe(503);
  expect(refused.body).toMatchObject({
    code: "no-quorum",
    outcome: "not-executed",
    retryable: true,
  });
  expect(refused.headers["retry-after"]).toBeDefined();
  const stale = await admin.get("/v1/queues/outage?consistency=stale");
  expect(stale.status).toBe(200);
  expect(numberIn(fieldsIn(stale.body, "stats"), "ready")).toBeLessThanOrEqual(ready);

  for (const each of stopped) each.start();
  expect((await untilDone(() => enqueue("heard-again"))).body).toMatchObject({ duplicate: false });
  expect(await stats()).toMatchObject({ ready: ready + 1 });
});

test("an answer lost with the quorum is unknown, and the retry enqueues at most once", async () => {
  const ready = numberIn(await stats(), "ready");
  const backups = await cluster.backups();
  await Promise.all(backups.map(({ process }) => process.kill()));
  // Answered within 10 s, says the contract; this client hangs up soon after.
  const lost = await enqueue("half-done");
  expect(lost.status).toBe(504);
  expect(lost.body).toMatchObject({
    code: "outcome-unknown",
    outcome: "unknown",
    retryable: true,
  });

  for (const { process } of backups) process.start();
  await untilDone(() => enqueue("half-done"));
  expect((await enqueue("half-done")).body).toMatchObject({ duplicate: true });
  expect(await stats()).toMatchObject({ ready: ready + 1 });
});

test("a frozen primary is replaced, and follows when it wakes", async () => {
  const { view } = await cluster.whole();
  const primary = await cluster.primary();
  primary.process.signal("SIGSTOP");
  const begin = performance.now();
  try {
    await untilDone(() => enqueue("while-frozen"));
    const gapMs = performance.now() - begin;
    console.log(`primary frozen: next acknowledgement after ${gapMs.toFixed(0)} ms`);
    expect(gapMs).toBeLessThan(frozenGapMsMax);
    expect((await cluster.primary()).id).not.toBe(primary.id);
  } finally {
    primary.process.signal("SIGCONT");
  }
  const after = await cluster.whole();
  expect(after.view).toBeGreaterThan(view);
  // Who reads the log later sees who led from when on.
  const { id, process } = await cluster.primary();
  const told = `"status":"normal","view":${after.view},"primary":"${id}","isPrimary":true`;
  expect(readFileSync(process.log, "utf8")).toContain(told);
  expect((await enqueue("while-frozen")).body).toMatchObject({ duplicate: true });
});
