import { writeFileSync } from "node:fs";
import { exportJWK, generateKeyPair } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keySetFreshMsMax } from "../limits.ts";
import { problemIn, startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startTestGateway();
});

afterEach(async () => {
  await gateway.stop();
  expect(gateway.logged).toEqual([]);
});

const ours = { "sec-fetch-site": "same-origin" };

async function login(scope = "read:* manage:* cluster:read", headers = {}) {
  const token = await gateway.issuer.token(scope);
  const answer = await gateway.send("POST", "/v1/session", {
    token: null,
    body: { token },
    headers,
  });
  const cookie = answer.headers.get("set-cookie") ?? "";
  return { answer, cookie: cookie.split(";")[0] ?? "", attributes: cookie };
}

const me = (headers: Record<string, string>) =>
  gateway.send("GET", "/v1/me", { token: null, headers });

describe("a session", () => {
  it("stands for the token that it was begun with, without showing it", async () => {
    const { answer, cookie, attributes } = await login();
    expect(answer.status).toBe(201);
    expect(attributes).toMatch(/^quorate_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const { status, json } = await me({ ...ours, cookie: `other=1; ${cookie}` });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      principal: { subject: "alice" },
      scopes: ["read:*", "manage:*", "cluster:read"],
    });
    const forbidden = await gateway.send("POST", "/v1/queues/orders/enqueue", {
      token: null,
      body: { body: 1 },
      headers: { ...ours, cookie },
    });
    expect(problemIn(forbidden).code).toBe("scope-missing");
  });

  it("ends when its issuer publishes the key no more that signed its token", async () => {
    const { cookie } = await login();
    const { publicKey } = await generateKeyPair("EdDSA");
    const jwk = { ...(await exportJWK(publicKey)), kid: gateway.issuer.keyId };
    writeFileSync(gateway.issuer.jwksFile, JSON.stringify({ keys: [jwk] }));
    gateway.cluster.advance(keySetFreshMsMax + 1);
    const status = async () => (await me({ ...ours, cookie })).status;
    await expect.poll(status).toBe(401);
  });

  it("ends when it is ended, and a guessed one never was", async () => {
    const { cookie } = await login();
    const ended = await gateway.send("DELETE", "/v1/session", {
      token: null,
      headers: { ...ours, cookie },
    });
    expect(ended.status).toBe(204);
    expect(ended.headers.get("set-cookie")).toContain("Max-Age=0");
    expect(problemIn(await me({ ...ours, cookie })).code).toBe("token-invalid");
    expect(problemIn(await me({ ...ours, cookie: "quorate_session=x" })).code).toBe(
      "token-invalid",
    );
    expect((await gateway.send("DELETE", "/v1/session", { token: null })).status).toBe(204);
  });

  it("gets a new id at each login; the old one ends", async () => {
    const first = await login();
    const second = await login("read:*", { ...ours, cookie: first.cookie });
    expect(second.cookie).not.toBe(first.cookie);
    expect((await me({ ...ours, cookie: first.cookie })).status).toBe(401);
    expect((await me({ ...ours, cookie: second.cookie })).status).toBe(200);
  });

  it("idles out after 30 minutes, and lives while it is used, but not longer than its token", async () => {
    const idle = await login();
    const used = await login();
    for (let minutes = 0; minutes < 50; minutes += 10) {
      gateway.cluster.advance(600_000);
      expect((await me({ ...ours, cookie: used.cookie })).status).toBe(200);
    }
    expect((await me({ ...ours, cookie: idle.cookie })).status).toBe(401);
    gateway.cluster.advance(601_000);
    expect((await me({ ...ours, cookie: used.cookie })).status).toBe(401);
  });

  it("is not begun with a token that is refused", async () => {
    const body = { token: "nonsense" };
    const answer = await gateway.send("POST", "/v1/session", { token: null, body });
    expect(problemIn(answer).code).toBe("token-invalid");
    expect(answer.headers.get("set-cookie")).toBeNull();
  });
});

describe("a page of another origin", () => {
  it.each([
    ["says so by Sec-Fetch-Site", { "sec-fetch-site": "cross-site" }],
    ["is a neighbour of the same site", { "sec-fetch-site": "same-site" }],
    ["says so by Origin", { origin: "https://evil.test" }],
    ["hides its Origin", { origin: "null" }],
  ])("gets nothing when it %s", async (_name, headers) => {
    const { cookie } = await login();
    expect(problemIn(await me({ cookie, ...headers })).code).toBe("token-missing");
    const put = await gateway.send("PUT", "/v1/queues/made", {
      token: null,
      body: {},
      headers: { cookie, ...headers },
    });
    expect(put.status).toBe(401);
    const end = await gateway.send("DELETE", "/v1/session", {
      token: null,
      headers: { cookie, ...headers },
    });
    expect(end.status).toBe(401);
    const { answer } = await login("read:*", headers);
    expect(answer.status).toBe(401);
    expect((await me({ ...ours, cookie })).status).toBe(200);
  });

  it("a write with a cookie alone, from who says nothing, is refused", async () => {
    const { cookie } = await login();
    const put = (headers: object) =>
      gateway.send("PUT", "/v1/queues/made", {
        token: null,
        body: {},
        headers: { cookie, ...headers },
      });
    expect((await put({})).status).toBe(401);
    expect((await put({ origin: gateway.url })).status).toBe(201);
  });
});

it("over https the cookie is bound to the host", async () => {
  const secure = await startTestGateway({ publicUrl: "https://queue.test" });
  const token = await secure.issuer.token("read:*");
  const headers = { origin: "https://queue.test" };
  const answer = await secure.send("POST", "/v1/session", {
    token: null,
    body: { token },
    headers,
  });
  expect(answer.headers.get("set-cookie")).toMatch(
    /^__Host-quorate_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  await secure.stop();
});
