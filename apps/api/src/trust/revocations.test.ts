import { nodeCrypto } from "@quorate/identity";
import { queueLimits } from "@quorate/queue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { maxAgeSecondsMax } from "../config.ts";
import {
  revocationsAdminStaleMsMax,
  revocationsKnownMsMax,
  revocationsStaleMsMax,
  tokenClockToleranceSeconds,
} from "../limits.ts";
import { InProcessCluster } from "../testing/in-process-cluster.ts";
import { problemIn, startTestGateway, type TestGateway } from "../testing/test-gateway.ts";
import { createRevocationList } from "./revocation-list.ts";

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startTestGateway();
});

afterEach(async () => {
  await gateway.stop();
  expect(gateway.logged).toEqual([]);
});

const path = "/v1/trust/revocations";

/** A token of somebody else than the one who revokes. */
function tokenOf(claims: Record<string, unknown> = {}): Promise<string> {
  return gateway.issuer.token("read:*", { claims: { sub: "bob", ...claims } });
}

function revoke(body: object) {
  return gateway.send("POST", path, { body: { issuer: gateway.issuer.issuer, ...body } });
}

async function isAccepted(token: string, at = gateway): Promise<boolean> {
  const answer = await at.send("GET", "/v1/me", { token });
  if (answer.status === 200) return true;
  expect(problemIn(answer)).toMatchObject({ code: "token-invalid", outcome: "not-executed" });
  expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
  return false;
}

describe("a token", () => {
  it("that is revoked by its jti is refused at once, though it was verified before; others are not", async () => {
    const stolen = await tokenOf({ jti: "stolen" });
    const other = await tokenOf();
    expect(await isAccepted(stolen)).toBe(true);
    const { status, json } = await revoke({ jti: "stolen" });
    expect(status).toBe(200);
    expect(json).toMatchObject({ jti: "stolen", sub: null, before: null });
    expect(await isAccepted(stolen)).toBe(false);
    expect(await isAccepted(other)).toBe(true);
  });

  it("of a revoked subject is refused when it was issued until then, and a later one is not", async () => {
    const before = await tokenOf();
    const ofAnother = await tokenOf({ sub: "carol" });
    await revoke({ sub: "bob" });
    expect(await isAccepted(before)).toBe(false);
    expect(await isAccepted(ofAnother)).toBe(true);
    gateway.cluster.advance(tokenClockToleranceSeconds * 1000 + 1000);
    expect(await isAccepted(await tokenOf())).toBe(true);
  });

  it("of a revoked subject is refused on every gateway, by however much its issuer's clock was ahead", async () => {
    const second = await startTestGateway({ beside: gateway });
    const nowSeconds = Math.floor(gateway.cluster.nowMs() / 1000);
    const ahead = await tokenOf({ iat: nowSeconds + tokenClockToleranceSeconds });
    const unseen = await tokenOf({ iat: nowSeconds + tokenClockToleranceSeconds });
    expect(await isAccepted(ahead)).toBe(true);
    expect(await isAccepted(ahead, second)).toBe(true);
    const { json } = await revoke({ sub: "bob" });
    const cutMs = gateway.cluster.nowMs() + tokenClockToleranceSeconds * 1000;
    expect(json["before"]).toBe(new Date(cutMs + 1).toISOString());
    await second.revocations.refresh();
    for (const at of [gateway, second]) {
      expect(await isAccepted(ahead, at)).toBe(false);
      expect(await isAccepted(unseen, at)).toBe(false);
    }
    await second.stop();
  });

  it("of a subject is refused when it was issued before a given time", async () => {
    const nowSeconds = Math.floor(gateway.cluster.nowMs() / 1000);
    const early = await tokenOf({ iat: nowSeconds - 60 });
    const late = await tokenOf({ iat: nowSeconds - 30 });
    const before = new Date((nowSeconds - 30) * 1000).toISOString();
    expect((await revoke({ sub: "bob", before })).json).toMatchObject({ before });
    expect(await isAccepted(early)).toBe(false);
    expect(await isAccepted(late)).toBe(true);
  });

  it("of an issuer is refused when it was issued before a given time, whosever it is", async () => {
    const nowSeconds = Math.floor(gateway.cluster.nowMs() / 1000);
    const early = await tokenOf({ sub: "carol", iat: nowSeconds - 60 });
    await revoke({ before: new Date((nowSeconds - 59) * 1000).toISOString() });
    expect(await isAccepted(early)).toBe(false);
    expect(await isAccepted(await tokenOf())).toBe(true);
  });

  it("that is revoked begins no session, and ends the one that it began", async () => {
    const token = await tokenOf();
    const begin = () => gateway.send("POST", "/v1/session", { token: null, body: { token } });
    const cookie = ((await begin()).headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const headers = { cookie, "sec-fetch-site": "same-origin" };
    const me = () => gateway.send("GET", "/v1/me", { token: null, headers });
    expect((await me()).status).toBe(200);
    await revoke({ sub: "bob" });
    expect(problemIn(await me()).code).toBe("token-invalid");
    expect(problemIn(await begin()).code).toBe("token-invalid");
  });
});

describe("a revocation", () => {
  it("is known to another gateway once it has asked, and to one that starts later", async () => {
    const token = await tokenOf({ jti: "stolen" });
    const second = await startTestGateway({ beside: gateway });
    expect(await isAccepted(token, second)).toBe(true);
    await revoke({ jti: "stolen" });
    await second.revocations.refresh();
    expect(await isAccepted(token, second)).toBe(false);
    await second.stop();
    const third = await startTestGateway({ beside: gateway });
    expect(await isAccepted(token, third)).toBe(false);
    await third.stop();
  });

  it("is known to a gateway that nobody tells within the time that is promised", async () => {
    const token = await tokenOf({ jti: "stolen" });
    const second = await startTestGateway({ beside: gateway });
    second.revocations.start();
    await revoke({ jti: "stolen" });
    const learned = async (): Promise<void> => {
      expect(await isAccepted(token, second)).toBe(false);
    };
    await vi.waitFor(learned, { timeout: revocationsKnownMsMax, interval: 100 });
    await second.stop();
  });

  it("is remembered longer than any token of the issuer may live", () => {
    const tokenMsMax = (maxAgeSecondsMax + tokenClockToleranceSeconds) * 1000;
    expect(queueLimits.revocationKeptMs).toBeGreaterThan(
      tokenMsMax + queueLimits.revocationAheadMsMax,
    );
  });

  it.each([
    ["nothing", {}, "request-invalid"],
    ["a token and its subject", { jti: "a", sub: "b" }, "request-invalid"],
    ["a token before a time", { jti: "a", before: "2026-11-23T04:00:00Z" }, "request-invalid"],
    ["an empty subject", { sub: "" }, "request-invalid"],
    ["an issuer that is not known", { issuer: "https://other.test", sub: "b" }, "request-invalid"],
    ["a time that is none", { before: "soon" }, "request-invalid"],
    ["a time far ahead", { before: "2026-11-24T04:00:00Z" }, "limit-exceeded"],
  ])("of %s is refused", async (_name, body, code) => {
    const answer = await revoke(body);
    expect(answer.status).toBe(400);
    expect(problemIn(answer).code).toBe(code);
  });
});

describe("without news of revocations", () => {
  function staleList() {
    const cluster = new InProcessCluster();
    let atMs = 0;
    const list = createRevocationList({
      client: cluster,
      sha256: nodeCrypto.sha256,
      nowMs: cluster.nowMs,
      monotonicMs: () => atMs,
    });
    const refused = (scope: "cluster:admin" | "enqueue" | "cluster:read" | "any") => {
      try {
        list.assertKnown(scope);
        return null;
      } catch (error) {
        return error instanceof Error && "code" in error ? error.code : error;
      }
    };
    return { cluster, list, refused, pass: (ms: number) => (atMs += ms) };
  }

  it("since its start, a gateway lets nobody do anything but look", () => {
    const { refused } = staleList();
    expect(refused("enqueue")).toBe("starting");
    expect(refused("cluster:admin")).toBe("starting");
    expect(refused("cluster:read")).toBe(null);
    expect(refused("any")).toBe(null);
  });

  it("nobody administers after 30 s, and nobody uses queues after 5 min, until there is news", async () => {
    const { cluster, list, refused, pass } = staleList();
    await list.refresh();
    cluster.failWith("no-quorum");
    pass(revocationsAdminStaleMsMax);
    expect(refused("cluster:admin")).toBe(null);
    pass(1);
    await list.refresh();
    expect(refused("cluster:admin")).toBe("no-quorum");
    expect(refused("enqueue")).toBe(null);
    pass(revocationsStaleMsMax);
    expect(refused("enqueue")).toBe("no-quorum");
    cluster.failWith(null);
    await list.refresh();
    expect(refused("enqueue")).toBe(null);
    expect(refused("cluster:admin")).toBe(null);
  });

  it("whoever asks during a question gets the answer to one that was put after", async () => {
    const { cluster, list, refused } = staleList();
    cluster.failWith("no-quorum");
    const early = list.refresh();
    const late = list.refresh();
    await early;
    cluster.failWith(null);
    await late;
    expect(refused("enqueue")).toBe(null);
  });

  it("a clock that was ahead for a while revives no token that was revoked", async () => {
    await revoke({ jti: "stolen" });
    const { cluster } = gateway;
    let aheadMs = 0;
    const nowMs = () => cluster.nowMs() + aheadMs;
    const list = createRevocationList({ client: cluster, sha256: nodeCrypto.sha256, nowMs });
    const { issuer } = gateway.issuer;
    const stolen = { issuer, subject: "bob", jti: "stolen", issuedAtMs: cluster.nowMs() };
    for (aheadMs of [0, 7 * 86_400_000, 0]) await list.refresh();
    expect(list.isRevoked(stolen)).toBe(true);
  });

  it("a gateway asks at once when the cluster serves again", async () => {
    const { cluster, list, refused } = staleList();
    cluster.failWith("no-quorum");
    list.start();
    await list.refresh();
    expect(refused("enqueue")).toBe("starting");
    cluster.failWith(null);
    cluster.setHealth({ status: "normal" });
    await expect.poll(() => refused("enqueue")).toBe(null);
    list.stop();
  });
});
