/** Two gateways behind nginx, with a Redis between them: callers see one service. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fieldsIn, listIn, numberIn, textIn } from "./rig/answer.ts";
import { type Cluster, startCluster } from "./rig/cluster.ts";
import { eventually } from "./rig/eventually.ts";
import { hasProgram, type MachineProgram, startNginx, startRedis } from "./rig/machine-program.ts";
import type { RestAnswer, RestClient } from "./rig/rest-client.ts";
import { untilDone } from "./rig/retry.ts";

/** Until gateways that nobody tells know of a revocation (apps/api, revocationsKnownMsMax). */
const knownMsMax = 4_000;

const hasAll = ["nginx", "redis-server"].map(hasProgram).every(Boolean);

describe.skipIf(!hasAll)("two gateways behind nginx", () => {
  let cluster: Cluster;
  let redis: MachineProgram;
  let nginx: MachineProgram;
  let admin: RestClient;
  let viewers: readonly RestClient[];

  beforeAll(async () => {
    redis = await startRedis();
    const redisUrl = `redis://127.0.0.1:${redis.port}`;
    cluster = await startCluster({
      gateways: 2,
      environment: (id): Record<string, string> =>
        id.startsWith("api") ? { QUORATE_REDIS_URL: redisUrl } : {},
    });
    nginx = await startNginx(cluster.gateways.map((gateway) => gateway.url));
    admin = cluster.client("admin", 4, `http://127.0.0.1:${nginx.port}`);
    viewers = cluster.gateways.map(({ url }) => cluster.client("viewer", 1, url));
    await untilDone(() => admin.put("/v1/queues/orders", {}));
  });

  afterAll(async () => {
    await nginx.stop();
    await cluster.stop();
    await redis.stop();
  });

  const upstreamsOf = (answers: readonly RestAnswer[]): number =>
    new Set(answers.map(({ headers }) => headers["x-upstream"])).size;

  /** What each gateway itself says to the viewer's token; 0 where there is no answer. */
  const viewerStatuses = (): Promise<readonly number[]> =>
    Promise.all(
      viewers.map(async (viewer) => {
        const answer = await viewer.get("/v1/queues").catch(() => null);
        return answer?.status ?? 0;
      }),
    );

  test("an enqueue that is repeated through both is one message", async () => {
    const answers: RestAnswer[] = [];
    for (let call = 0; call < 10; call++) {
      const key = { "idempotency-key": "one and the same" };
      answers.push(await admin.post("/v1/queues/orders/enqueue", { body: 1 }, key));
    }
    expect(upstreamsOf(answers)).toBe(2);
    expect(answers.map(({ status }) => status)).toEqual([201, ...Array(9).fill(200)]);
    expect(new Set(answers.map(({ body }) => textIn(body, "messageId"))).size).toBe(1);
  });

  test("a dequeue is replayed through the other, and settled through either", async () => {
    const ask = { max: 1, leaseMs: 60_000, dequeueId: "worker-1" };
    const answers: RestAnswer[] = [];
    for (let call = 0; call < 4; call++) {
      answers.push(await admin.post("/v1/queues/orders/dequeue", ask));
    }
    expect(upstreamsOf(answers)).toBe(2);
    const leases = answers.map(({ body }) => textIn(listIn(body, "messages")[0] ?? {}, "leaseId"));
    expect(new Set(leases).size).toBe(1);
    const path = `/v1/queues/orders/leases/${leases[0]}/ack`;
    const acks = [await admin.post(path, {}), await admin.post(path, {})];
    expect(acks.map(({ status, body }) => [status, body["alreadySettled"]])).toEqual([
      [200, false],
      [200, true],
    ]);
  });

  test("who waits at one gateway gets what comes through the other", async () => {
    const [first, second] = cluster.gateways.map(({ url }) => cluster.client("admin", 2, url));
    const waiting = first?.post("/v1/queues/orders/dequeue", { waitMs: 20_000, mode: "delete" });
    await second?.post("/v1/queues/orders/enqueue", { body: "came" });
    expect(listIn((await waiting)?.body ?? {}, "messages")).toMatchObject([{ body: "came" }]);
  });

  test("a gateway that is killed is not missed", async () => {
    const [, second] = cluster.gateways;
    await second?.process.kill();
    try {
      for (let call = 0; call < 10; call++) {
        const body = { body: call, dedupId: `killed-${call}` };
        const { status } = await untilDone(() => admin.post("/v1/queues/orders/enqueue", body));
        expect([200, 201]).toContain(status);
      }
    } finally {
      second?.process.start();
    }
    await eventually("both serve", 30_000, async () => {
      return (await viewerStatuses()).every((status) => status === 200) ? true : null;
    });
  });

  test("a token that one gateway revokes is refused by both, also when all that runs was killed", async () => {
    expect(await viewerStatuses()).toEqual([200, 200]);
    const body = { issuer: "quorate-dev", sub: "dev-viewer" };
    const [first] = cluster.gateways;
    const revoked = await cluster
      .client("admin", 1, first?.url)
      .post("/v1/trust/revocations", body);
    expect(revoked.status).toBe(200);
    expect(numberIn(fieldsIn(revoked.body, "coord"), "op")).toBeGreaterThan(0);
    await eventually("both refuse it", knownMsMax, async () =>
      (await viewerStatuses()).every((status) => status === 401) ? true : null,
    );
    await Promise.all(cluster.processes.map((each) => each.kill()));
    for (const each of cluster.processes) each.start();
    const seen = new Set<number>();
    await eventually("both refuse it again", 60_000, async () => {
      const statuses = await viewerStatuses();
      for (const status of statuses) seen.add(status);
      return statuses.every((status) => status === 401) ? true : null;
    });
    // Before they had heard what is revoked they let nobody read.
    expect(seen).not.toContain(200);
  });
});
