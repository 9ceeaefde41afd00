import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { ApiError } from "@quorate/contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { sendProblem } from "../http/problem.ts";
import { refusalsAtOnceMax, refusalsPerSecondMax, refusalWaitMsMax } from "../limits.ts";
import {
  problemIn,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
} from "../testing/test-gateway.ts";
import { createRefusalPace } from "./refusal-pace.ts";

describe("the pace of refusals", () => {
  it("lets as many as a full gateway may have at once go without waiting", () => {
    const pace = createRefusalPace(() => 0);
    for (let turn = 0; turn <= refusalsAtOnceMax; turn++) expect(pace.takeTurn()).toBe(0);
    expect(pace.takeTurn()).toBeCloseTo(1000 / refusalsPerSecondMax);
  });

  it("is even for those who come back at once, and the same for each of them", () => {
    const callers = 288;
    const seconds = 5;
    let nowMs = 0;
    const pace = createRefusalPace(() => nowMs);
    // When each caller is answered, and comes back: the next of them first.
    const backAtMs = Array.from({ length: callers }, () => 0);
    let told = 0;
    for (let turn = 0; nowMs < seconds * 1000; turn++) {
      const caller = turn % callers;
      nowMs = Math.max(nowMs, backAtMs[caller] ?? 0);
      backAtMs[caller] = nowMs + pace.takeTurn();
      told += 1;
    }
    const even = seconds * refusalsPerSecondMax;
    expect(told).toBeGreaterThan(even);
    expect(told).toBeLessThanOrEqual(even + refusalsAtOnceMax + callers + 1);
    expect(Math.max(...backAtMs) - nowMs).toBeCloseTo((callers * 1000) / refusalsPerSecondMax);
  });

  it("keeps turns that nobody took, and no more of them after a day than after a second", () => {
    let nowMs = 0;
    const pace = createRefusalPace(() => nowMs);
    const free = (): number => {
      let count = 0;
      while (pace.takeTurn() === 0) count += 1;
      return count;
    };
    expect(free()).toBe(refusalsAtOnceMax + 1);
    nowMs += 100;
    // One of them was taken above, when it was found to lie ahead.
    expect(free()).toBe(refusalsPerSecondMax / 10 - 1);
    nowMs += 86_400_000;
    expect(free()).toBe(refusalsAtOnceMax + 1);
  });

  it("lets nobody wait longer than it may, however many there are", () => {
    const pace = createRefusalPace(() => 0);
    const turns = Array.from({ length: 100_000 }, () => pace.takeTurn());
    expect(Math.max(...turns)).toBe(refusalWaitMsMax);
  });
});

describe("a gateway", () => {
  const json = { "content-type": "application/json" };
  const enqueue = { body: { body: 1 } };

  async function start(options: TestGatewayOptions): Promise<TestGateway> {
    const gateway = await startTestGateway(options);
    onTestFinished(async () => {
      await gateway.stop();
      expect(gateway.logged).toEqual([]);
    });
    await gateway.send("PUT", "/v1/queues/orders", { body: {} });
    return gateway;
  }

  it.for([
    { what: "who comes too soon", status: 503, send: { ...enqueue } },
    { what: "a stranger", status: 401, send: { ...enqueue, token: null } },
    { what: "who has a false token", status: 401, send: { ...enqueue, token: "a.b.c" } },
  ])("refuses $what at its pace, with the same answer", async ({ status, send }) => {
    let turns = 0;
    const waitMs = 200;
    const refusalPace = { takeTurn: () => (turns++ === 0 ? 0 : waitMs) };
    const gateway = await start({ refusalPace, lag: { lagMs: () => Number.POSITIVE_INFINITY } });
    const path = "/v1/queues/orders/enqueue";
    const first = problemIn(await gateway.send("POST", path, send));
    const begin = performance.now();
    const second = problemIn(await gateway.send("POST", path, send));
    // A timer may be early by less than a millisecond.
    expect(performance.now() - begin).toBeGreaterThanOrEqual(waitMs - 1);
    expect(first.status).toBe(status);
    expect({ ...second, requestId: "" }).toEqual({ ...first, requestId: "" });
    expect(turns).toBe(2);
  });

  it("answers at once whatever is no refusal of that kind, however many those are", async () => {
    const refusalPace = {
      takeTurn: (): number => {
        throw new Error("no turn may be taken");
      },
    };
    const gateway = await start({ refusalPace });
    const status = async (...call: Parameters<TestGateway["send"]>): Promise<number> =>
      (await gateway.send(...call)).status;
    expect(await status("POST", "/v1/queues/orders/enqueue", enqueue)).toBe(201);
    expect(await status("POST", "/v1/queues/none/enqueue", enqueue)).toBe(404);
    expect(await status("POST", "/v1/queues/orders/enqueue", { raw: "{", headers: json })).toBe(
      400,
    );
    expect(await status("POST", "/v1/queues/orders/dequeue", { body: {} })).toBe(200);
    expect(await status("GET", "/v1/nothing")).toBe(404);
  });

  it("lets go of a refusal that nobody waits for any more", async () => {
    const untilMuchLater = 600_000;
    const settled = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      const sent = sendProblem(new ApiError("overloaded"), {
        request,
        response,
        log: { error: settled.reject },
        metrics: { count() {} },
        refusalPace: { takeTurn: () => untilMuchLater },
      });
      sent.then(settled.resolve, settled.reject);
      caller.destroy();
    });
    server.listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const caller = connect(port, "127.0.0.1");
    caller.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await settled.promise;
  });
});
