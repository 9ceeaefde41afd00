import { request } from "node:http";
import { openApiDocument, routes } from "@quorate/contract";
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();
await gateway.send("PUT", "/v1/queues/orders", { body: {} });

describe("routes", () => {
  it.each([
    "/v1",
    "/v1/queue",
    "/V1/queues",
    "/v1/queues/",
    "/v1/queues/orders/redrives",
    "/v2/queues",
    "/v1/tasks",
    "/docs/",
  ])("that do not exist are 404, before any token is looked at: %s", async (path) => {
    expect(problemIn(await gateway.send("GET", path, { token: null })).code).toBe(
      "route-not-found",
    );
  });

  it("that exist with another method are 405 with Allow, before any token is looked at", async () => {
    const wrong = [
      ["DELETE", "/v1/queues", "GET, HEAD"],
      ["POST", "/v1/queues/orders", "PUT, GET, DELETE, HEAD"],
      ["GET", "/v1/queues/orders/purge", "POST"],
      ["GET", "/v1/queues/orders/enqueue", "POST"],
      ["PUT", "/v1/session", "POST, DELETE"],
      ["OPTIONS", "/v1/queues/orders/dequeue", "POST"],
      ["POST", "/livez", "GET, HEAD"],
    ] as const;
    for (const [method, path, allow] of wrong) {
      const answer = await gateway.send(method, path, { token: null });
      expect(answer.status, path).toBe(405);
      expect(answer.headers.get("allow")).toBe(allow);
      expect(problemIn(answer).code).toBe("method-not-allowed");
    }
  });

  it("answer HEAD as GET without a body", async () => {
    const { status, text, headers } = await gateway.send("HEAD", "/v1/queues/orders");
    expect([status, text]).toEqual([200, ""]);
    expect(headers.get("etag")).not.toBeNull();
  });

  it("refuse a path that is not encoded well", async () => {
    expect((await gateway.send("GET", "/v1/queues/%zz")).status).toBe(400);
    expect((await gateway.send("GET", "/%zz")).status).toBe(404);
  });
});

describe("a body", () => {
  it("that claims more than is ever taken is 413 at once, however much it claims", async () => {
    const authorization = `Bearer ${await gateway.issuer.token("enqueue:*")}`;
    for (const length of [6 * 1024 * 1024 + 1, 2 ** 40]) {
      const status = await new Promise((resolve, reject) => {
        const call = request(`${gateway.url}/v1/queues/orders/enqueue`, {
          method: "POST",
          headers: { authorization, "content-length": length, "content-type": "application/json" },
        });
        call.on("error", reject);
        call.on("response", ({ statusCode }) => {
          call.destroy();
          resolve(statusCode);
        });
        call.flushHeaders();
      });
      expect(status).toBe(413);
    }
  });
});

describe("a chunked body without a type", () => {
  const statusOf = async (path: string, body: string) => {
    const authorization = `Bearer ${await gateway.issuer.token("enqueue:* dequeue:*")}`;
    return new Promise((resolve, reject) => {
      const headers = { authorization, "transfer-encoding": "chunked" };
      request(`${gateway.url}/v1/queues/orders/${path}`, { method: "POST", headers })
        .on("error", reject)
        .on("response", (response) => resolve(response.resume().statusCode))
        .end(body);
    });
  };

  it("is {} when it turns out to be empty, else what its route makes of bytes", async () => {
    expect(await statusOf("dequeue", "")).toBe(200);
    expect(await statusOf("dequeue", "{}")).toBe(415);
    expect(await statusOf("enqueue", "")).toBe(400);
    expect(await statusOf("enqueue", "bytes")).toBe(201);
  });
});

describe("a request id", () => {
  it("is taken over when it is safe, else made, and on every answer", async () => {
    for (const path of ["/livez", "/nope", "/v1/me", "/"]) {
      const given = await gateway.send("GET", path, { headers: { "X-Request-Id": "my-id.1" } });
      expect(given.headers.get("x-request-id")).toBe("my-id.1");
    }
    for (const unsafe of ["a b", "x".repeat(65), "é", "<script>"]) {
      const { headers } = await gateway.send("GET", "/livez", {
        headers: { "X-Request-Id": encodeURI(unsafe) === unsafe ? unsafe : encodeURI(unsafe) },
      });
      expect(headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
    }
  });

  it("is in the problem too", async () => {
    const answer = await gateway.send("GET", "/nope", { headers: { "X-Request-Id": "p-1" } });
    expect(problemIn(answer)).toMatchObject({
      type: "urn:quorate:problem:route-not-found",
      requestId: "p-1",
      status: 404,
      outcome: "not-executed",
      retryable: false,
    });
  });
});

describe("bodies", () => {
  it.each([
    ["text/plain", 415],
    ["application/x-www-form-urlencoded", 415],
    ["multipart/form-data; boundary=x", 415],
    ["application/json; charset=latin1", 415],
    ["application/problem+json", 415],
    ["application/json; charset=utf-8", 200],
    ["application/json;", 200],
    ["application/json; odata.metadata=minimal; charset=utf-8", 200],
    ["application/json; charset=utf-8; charset=latin1", 415],
    ['Application/JSON; charset="UTF-8"', 200],
  ])("of type %s are %i", async (contentType, status) => {
    const answer = await gateway.send("POST", "/v1/queues/orders/dequeue", {
      raw: "{}",
      headers: { "content-type": contentType },
    });
    expect(answer.status).toBe(status);
    if (status !== 415) return;
    expect(problemIn(answer).code).toBe("unsupported-media-type");
    expect(problemIn(answer).detail).toMatch(/application\/json|UTF-8/);
  });

  it("that are encoded are 415, also on raw enqueue", async () => {
    const headers = { "content-type": "text/plain", "content-encoding": "gzip" };
    const answer = await gateway.send("POST", "/v1/queues/orders/enqueue", { raw: "x", headers });
    expect(problemIn(answer).code).toBe("unsupported-media-type");
  });

  it("that are too large are 413 and name the limit, with a length or without", async () => {
    const raw = "x".repeat(6 * 1024 * 1024 + 1);
    const answer = await gateway.send("POST", "/v1/queues/orders/enqueue", {
      raw,
      headers: { "content-type": "text/plain" },
    });
    expect(answer.status).toBe(413);
    expect(problemIn(answer)).toMatchObject({ limit: "requestBytesMax", max: 6_291_456 });
    expect(await chunked("/v1/queues/orders/enqueue", raw)).toBe(413);
    expect(await chunked("/v1/queues/orders/enqueue", "small")).toBe(201);
    expect((await gateway.send("GET", "/v1/queues/orders")).status).toBe(200);
  });

  it("of 1 MiB and more are 413 and name the body limit", async () => {
    const answer = await gateway.send("POST", "/v1/queues/orders/enqueue", {
      raw: Buffer.alloc(1024 * 1024 + 1),
      headers: { "content-type": "text/plain" },
    });
    expect(answer.status).toBe(413);
    expect(problemIn(answer)).toMatchObject({ limit: "bodyBytesMax", max: 1_048_576 });
  });

  it("are refused where a route has none", async () => {
    const answer = await gateway.send("DELETE", "/v1/session", { body: {} });
    expect(problemIn(answer).code).toBe("request-invalid");
  });

  it("are looked at after the scope: 403 wins over 415 and 400", async () => {
    const token = await gateway.issuer.token("read:*");
    for (const contentType of ["text/plain", "application/json"]) {
      const answer = await gateway.send("POST", "/v1/queues/orders/dequeue", {
        token,
        raw: "{{{",
        headers: { "content-type": contentType },
      });
      expect(answer.status).toBe(403);
    }
  });
});

async function chunked(path: string, text: string): Promise<number> {
  const token = await gateway.issuer.token("enqueue:*");
  return new Promise((resolve, reject) => {
    const sent = request(
      gateway.url + path,
      {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "text/plain" },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.once("error", reject);
    sent.write(text.slice(0, text.length / 2));
    sent.end(text.slice(text.length / 2));
  });
}

describe("what needs no token", () => {
  it("probes, metrics, keys and the document are there", async () => {
    expect((await gateway.send("GET", "/livez", { token: null })).json).toEqual({ status: "live" });
    const metrics = await gateway.send("GET", "/metrics", { token: null });
    expect(metrics.headers.get("content-type")).toContain("text/plain");
    const keys = await gateway.send("GET", "/.well-known/jwks.json", { token: null });
    expect(keys.json["keys"]).toMatchObject([{ kty: "OKP", kid: "test-key", use: "sig" }]);
    expect(keys.text).not.toContain('"d"');
    const document = await gateway.send("GET", "/openapi.json", { token: null });
    expect(document.json).toEqual(JSON.parse(JSON.stringify(openApiDocument(routes, "0.1.0"))));
  });

  it("readyz tells whether a quorum answers", async () => {
    expect((await gateway.send("GET", "/readyz", { token: null })).status).toBe(200);
    gateway.cluster.failWith("no-quorum");
    gateway.cluster.advance(2000);
    const answer = await gateway.send("GET", "/readyz", { token: null });
    expect(answer.status).toBe(503);
    expect(answer.json["status"]).toBe("not-ready");
    expect((await gateway.send("GET", "/livez", { token: null })).status).toBe(200);
    gateway.cluster.failWith(null);
  });
});

describe("headers of every API answer", () => {
  it("keep it from being cached, sniffed or run", async () => {
    for (const path of ["/v1/me", "/nope", "/livez"]) {
      const { headers } = await gateway.send("GET", path);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("x-powered-by")).toBeNull();
    }
  });
});

describe("the cluster", () => {
  it("is described also without a quorum", async () => {
    gateway.cluster.failWith("no-quorum");
    const unreachable = { status: "no-quorum", primary: null, asOfMs: null } as const;
    gateway.cluster.setHealth(unreachable);
    const { status, json } = await gateway.send("GET", "/v1/cluster");
    expect(status).toBe(200);
    expect(json).toMatchObject({ ...unreachable, quorum: { needed: 2, reachable: 3, canLose: 1 } });
    expect(json["members"]).toHaveLength(3);
    gateway.cluster.setHealth({ status: "normal", primary: "r1", asOfMs: 3 });
    gateway.cluster.failWith(null);
  });

  it("says of each member whether it may be stopped", async () => {
    expect((await gateway.send("GET", "/v1/cluster/members/r0/quorum-critical")).status).toBe(200);
    const { members } = gateway.cluster.health();
    gateway.cluster.setHealth({ members: members.map((each) => ({ ...each, safeToStop: false })) });
    expect((await gateway.send("GET", "/v1/cluster/members/r0/quorum-critical")).status).toBe(503);
    const unknown = await gateway.send("GET", "/v1/cluster/members/r9/quorum-critical");
    expect(problemIn(unknown).code).toBe("member-not-found");
  });
});
