import { queueConfigDefault, queueConfigGiven, type ShapeFault } from "@quorate/contract";
import { queueConfigFault, queueConfigOf, queueConfigRanges } from "@quorate/queue";
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

const put = (name: string, body: object, headers: Record<string, string> = {}) =>
  gateway.send("PUT", `/v1/queues/${name}`, { body, headers });

describe("PUT queue", () => {
  it("creates with defaults, 201; the answer is that of GET, with its ETag", async () => {
    const created = await put("made", { maxFailures: 7, backoff: { factor: 3 } });
    expect(created.status).toBe(201);
    expect(created.json["config"]).toEqual({
      ...queueConfigDefault,
      maxFailures: 7,
      backoff: { ...queueConfigDefault.backoff, factor: 3 },
    });
    const read = await gateway.send("GET", "/v1/queues/made");
    expect(read.headers.get("etag")).toBe(created.headers.get("etag"));
    expect(read.json["config"]).toEqual(created.json["config"]);
    expect(read.json["paused"]).toEqual({ send: null, receive: null });
  });

  it("with what is so already changes nothing; with anything else asks for If-Match", async () => {
    const { headers } = await put("known", { maxFailures: 7 });
    for (const body of [{}, { maxFailures: 7 }, { maxDeliveries: 50 }]) {
      const again = await put("known", body);
      expect(again.status).toBe(200);
      expect(again.headers.get("etag")).toBe(headers.get("etag"));
    }
    const other = await put("known", { maxFailures: 8 });
    expect(other.status).toBe(428);
    expect(problemIn(other)).toMatchObject({
      code: "precondition-required",
      outcome: "not-executed",
    });
  });

  it("with If-Match replaces the whole configuration, once", async () => {
    const { headers } = await put("changed", { maxFailures: 7, maxDeliveries: 9 });
    const etag = headers.get("etag") ?? "";
    const replaced = await put("changed", { maxFailures: 8 }, { "If-Match": etag });
    expect(replaced.status).toBe(200);
    expect(replaced.json["config"]).toMatchObject({ maxFailures: 8, maxDeliveries: 50 });
    const stale = await put("changed", { maxFailures: 9 }, { "If-Match": etag });
    expect(stale.status).toBe(412);
    expect(problemIn(stale).code).toBe("etag-mismatch");
    for (const never of ['"x"', '"999.1"', etag.replace(".", ".0"), '"99999999999.1"']) {
      expect(problemIn(await put("changed", {}, { "If-Match": never })).code).toBe("etag-mismatch");
    }
    expect((await put("changed", { maxFailures: 9 }, { "If-Match": "*" })).status).toBe(200);
    const elsewhere = await put("not-there", {}, { "If-Match": etag });
    expect([404, 412]).toContain(elsewhere.status);
  });

  it.each([
    ["one of several tags", (etag: string) => `"9.9", ${etag}`, 200],
    ["a tag among empty members", (etag: string) => `, ,${etag},`, 200],
    ["a tag beside one with a comma in it", (etag: string) => `"a,b" ,${etag}`, 200],
    ["no tag of several", () => '"9.9","9.8", "x"', 412],
    ["a weak tag, which never matches", (etag: string) => `W/${etag}`, 412],
    ["a strong tag beside a weak one", (etag: string) => `W/"9.9", ${etag}`, 200],
    ["* among tags", (etag: string) => `*, ${etag}`, 400],
    ["tags without a comma", (etag: string) => `${etag} "9.9"`, 400],
    ["a tag that is not closed", (etag: string) => `${etag}, "9.9`, 400],
    ["a tag without quotes", (etag: string) => etag.replaceAll('"', ""), 400],
    ["nothing", () => ",", 400],
    ["more tags than a caller holds", (etag: string) => Array(33).fill(etag).join(), 400],
  ])("with If-Match of %s answers by RFC 9110 §13.1.1", async (_what, match, status) => {
    const etag = (await put("listed", {})).headers.get("etag") ?? "";
    expect((await put("listed", {}, { "If-Match": match(etag) })).status).toBe(status);
  });

  it("with If-None-Match: * only creates", async () => {
    expect((await put("once", {}, { "If-None-Match": "*" })).status).toBe(201);
    const again = await put("once", {}, { "If-None-Match": "*" });
    expect(again.status).toBe(412);
    expect(problemIn(again).code).toBe("queue-exists");
    expect((await put("once", {}, { "If-None-Match": '"1.1"' })).status).toBe(400);
    expect((await put("once", {}, { "If-Match": "W/x" })).status).toBe(400);
    expect((await put("once", {}, { "If-Match": "*", "If-None-Match": "*" })).status).toBe(400);
  });

  it.each([
    [{ maxFailures: 0 }, "limit-exceeded", "/maxFailures"],
    [{ maxMessages: 25_000_001 }, "limit-exceeded", "/maxMessages"],
    [{ backoff: { factor: 11 } }, "limit-exceeded", "/backoff/factor"],
    [{ backoff: { baseMs: 400_000 } }, "request-invalid", "/backoff/baseMs"],
    [{ backoff: { jiter: 0 } }, "request-invalid", "/backoff/jiter"],
    [{ dedupMode: "never" }, "request-invalid", "/dedupMode"],
    [{ denyPurge: "no" }, "request-invalid", "/denyPurge"],
    [{ maxFailures: null }, "request-invalid", "/maxFailures"],
    [{ maxFailure: 1 }, "request-invalid", "/maxFailure"],
  ])("refuses %j", async (body, code, pointer) => {
    const answer = await put("refused", body);
    expect(answer.status).toBe(400);
    expect(problemIn(answer)).toMatchObject({ code, errors: [{ pointer }] });
    expect((await gateway.send("GET", "/v1/queues/refused")).status).toBe(404);
  });

  it.each(["Orders", "-a", "a%20b", "a".repeat(81), "%C3%A9", "..", "a%2Fb"])(
    "refuses the name %s on every route",
    async (name) => {
      for (const [method, path] of [
        ["PUT", `/v1/queues/${name}`],
        ["GET", `/v1/queues/${name}`],
        ["POST", `/v1/queues/${name}/enqueue`],
        ["POST", `/v1/queues/${name}/dequeue`],
        ["POST", `/v1/queues/${name}/settle`],
      ] as const) {
        const sent = method === "POST" ? { body: { body: 1 } } : {};
        const { status } = await gateway.send(method, path, sent);
        // A browser-like client resolves ".." before it sends: then there is no such route.
        expect(status).toBe(name === ".." ? status : 400);
      }
    },
  );
});

describe("a configuration that is given", () => {
  it("is checked as the state machine checks it, to the last number", () => {
    for (const [pointer, { min, max, integer }] of Object.entries(queueConfigRanges)) {
      const step = integer ? 1 : 0.001;
      for (const [value, isInRange] of [
        [min, true],
        [max, true],
        [min - step, false],
        [max + step, false],
      ] as const) {
        const path = pointer.slice(1).split("/");
        const given = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
        const faults: ShapeFault[] = [];
        const holds = queueConfigGiven.holds(given, faults);
        const isAllowed = holds && queueConfigFault(queueConfigOf(given)) === null;
        const isAboutOther = pointer.startsWith("/backoff/") && pointer.endsWith("Ms");
        if (!isAboutOther && Number.isSafeInteger(value))
          expect(isAllowed, pointer).toBe(isInRange);
        expect(holds && queueConfigFault(queueConfigOf(given)) !== null, pointer).toBe(
          isAboutOther && holds && pointer === "/backoff/maxMs" && value === 0,
        );
      }
    }
  });
});

describe("GET queues", () => {
  it("pages by name, and has a cursor only when more follows", async () => {
    for (let index = 0; index < 7; index++) await put(`page.${index}`, {});
    const names: string[] = [];
    let cursor: string | null = "";
    let pages = 0;
    while (cursor !== null) {
      const query: string = `prefix=page.&limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const { json } = await gateway.send("GET", `/v1/queues?${query}`);
      names.push(...(json["queues"] as { name: string }[]).map(({ name }) => name));
      cursor = typeof json["cursor"] === "string" ? json["cursor"] : null;
      pages += 1;
    }
    expect(names).toEqual(Array.from({ length: 7 }, (_, index) => `page.${index}`));
    expect(pages).toBe(3);
  });

  it.each([
    "limit=0",
    "limit=101",
    "limit=x",
    "prefix=A",
    "cursor=%21",
    "cursor=AAAA",
    "x=1",
    "prefix=a&prefix=b",
  ])("refuses ?%s", async (query) => {
    const answer = await gateway.send("GET", `/v1/queues?${query}`);
    expect(answer.status).toBe(400);
    expect(problemIn(answer).errors?.[0]?.pointer).toMatch(/^\?/);
  });

  it("answers a stale read when asked to", async () => {
    await put("stale", {});
    expect((await gateway.send("GET", "/v1/queues/stale?consistency=stale")).status).toBe(200);
    expect((await gateway.send("GET", "/v1/queues?consistency=stale")).status).toBe(200);
    expect((await gateway.send("GET", "/v1/queues/stale?consistency=weak")).status).toBe(400);
  });
});

it("rates count what this gateway has seen, and leases that ended by themselves", async () => {
  await gateway.send("PUT", "/v1/queues/rated", { body: {} });
  const messages = Array.from({ length: 6 }, (_, body) => ({ body }));
  await gateway.send("POST", "/v1/queues/rated/enqueue/batch", { body: { messages } });
  const dequeue = () =>
    gateway.send("POST", "/v1/queues/rated/dequeue", { body: { max: 3, leaseMs: 1000 } });
  await dequeue();
  gateway.cluster.advance(2000);
  await dequeue();
  const seen = await gateway.send("GET", "/v1/queues/rated");
  expect(seen.json["stats"]).toMatchObject({
    rates: { enqueued: 0.1, dequeued: 0.1, settled: 0, expired: 0.05, redelivered: 0.05 },
    consumers: 1,
  });
});
