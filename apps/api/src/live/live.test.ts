import { writeFileSync } from "node:fs";
import {
  liveChanges,
  liveEvents,
  livePath,
  liveQueuesSchema,
  pictureStateSchema,
} from "@quorate/contract";
import { exportJWK, generateKeyPair } from "jose";
import { io, type Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keySetFreshMsMax } from "../limits.ts";
import { startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

let gateway: TestGateway;
const sockets: Socket[] = [];

beforeEach(async () => {
  gateway = await startTestGateway();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await gateway.stop();
  expect(gateway.logged).toEqual([]);
});

function connect(options: { token?: string; headers?: Record<string, string> } = {}): Socket {
  const socket = io(gateway.url, {
    path: livePath,
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    auth: options.token === undefined ? {} : { token: options.token },
    extraHeaders: options.headers ?? {},
  });
  sockets.push(socket);
  return socket;
}

const next = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once(event, resolve);
  });

async function sessionCookie(scope: string): Promise<string> {
  const token = await gateway.issuer.token(scope);
  const { headers } = await gateway.send("POST", "/v1/session", { token: null, body: { token } });
  return (headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

describe("the live feed", () => {
  it("sends pictures of their schema, soon and again, to a browser with a session", async () => {
    const cookie = await sessionCookie("cluster:read");
    const socket = connect({ headers: { cookie, origin: gateway.url } });
    const first = pictureStateSchema.parse(await next(socket, liveEvents.picture));
    expect(first).toMatchObject({ via: "r0", quorum: 2, canLose: 1, nextPrimary: "r2" });
    expect(first.members.map(({ state }) => state)).toEqual(["backup", "primary", "backup"]);
    expect(await next(socket, liveEvents.picture)).toMatchObject({ coord: first.coord });
  });

  it("sends the depths of the queues that the token may read, after they were asked for", async () => {
    for (const name of ["orders", "hidden"])
      await gateway.send("PUT", `/v1/queues/${name}`, { body: {} });
    await gateway.send("POST", "/v1/queues/orders/enqueue", { body: { body: 1 } });
    const socket = connect({ token: await gateway.issuer.token("cluster:read read:orders") });
    await next(socket, "connect");
    socket.emit(liveEvents.watchQueues);
    const { queues } = liveQueuesSchema.parse(await next(socket, liveEvents.queues));
    expect(queues).toMatchObject([{ name: "orders", stats: { ready: 1 } }]);
  });

  it.each([
    ["without a session", {}, "token-missing"],
    [
      "with a session that never was",
      { headers: { cookie: "quorate_session=x" } },
      "token-invalid",
    ],
    ["with a token that is none", { token: "x" }, "token-invalid"],
  ])("refuses whoever comes %s", async (_name, options, code) => {
    const socket = connect(options);
    expect(await next(socket, "connect_error")).toMatchObject({ message: code });
  });

  it("refuses a token that may not read the cluster", async () => {
    const socket = connect({ token: await gateway.issuer.token("read:*") });
    expect(await next(socket, "connect_error")).toMatchObject({ message: "scope-missing" });
  });

  it("refuses a page of another origin, whatever cookie it brings", async () => {
    const cookie = await sessionCookie("cluster:read");
    const socket = connect({ headers: { cookie, origin: "https://evil.test" } });
    await expect(next(socket, "connect_error")).resolves.toBeInstanceOf(Error);
  });

  it("disconnects whoever's session ends", async () => {
    const cookie = await sessionCookie("cluster:read");
    const socket = connect({ headers: { cookie, origin: gateway.url } });
    await next(socket, liveEvents.picture);
    const disconnected = next(socket, "disconnect");
    const headers = { cookie, "sec-fetch-site": "same-origin" };
    await gateway.send("DELETE", "/v1/session", { token: null, headers });
    expect(await disconnected).toBe("io server disconnect");
  });

  it("tells whoever looks that something was changed, once for many changes, and nothing more", async () => {
    const token = await gateway.issuer.token("cluster:read");
    const main = connect({ token });
    const socket = main.io.socket(liveChanges.namespace, { auth: { token } });
    await next(socket, "connect");
    const heard: unknown[][] = [];
    socket.onAny((...event: unknown[]) => heard.push(event));
    await gateway.send("GET", "/v1/queues");
    for (const name of ["a", "b", "c"])
      await gateway.send("PUT", `/v1/queues/${name}`, { body: {} });
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([[liveChanges.event]]);
  });

  it("lets nobody hear of changes who may not read the cluster", async () => {
    const token = await gateway.issuer.token("cluster:read");
    const main = connect({ token });
    const weak = await gateway.issuer.token("read:*");
    const socket = main.io.socket(liveChanges.namespace, { auth: { token: weak } });
    expect(await next(socket, "connect_error")).toMatchObject({ message: "scope-missing" });
  });

  it("disconnects whoever's token is signed with a key that is withdrawn", async () => {
    const socket = connect({ token: await gateway.issuer.token("cluster:read") });
    await next(socket, liveEvents.picture);
    const disconnected = next(socket, "disconnect");
    const { publicKey } = await generateKeyPair("EdDSA");
    const jwk = { ...(await exportJWK(publicKey)), kid: gateway.issuer.keyId };
    writeFileSync(gateway.issuer.jwksFile, JSON.stringify({ keys: [jwk] }));
    gateway.cluster.advance(keySetFreshMsMax + 1);
    expect(await disconnected).toBe("io server disconnect");
  });

  it("disconnects whoever's token is revoked", async () => {
    const socket = connect({ token: await gateway.issuer.token("cluster:read") });
    await next(socket, liveEvents.picture);
    const disconnected = next(socket, "disconnect");
    const body = { issuer: gateway.issuer.issuer, sub: "alice" };
    await gateway.send("POST", "/v1/trust/revocations", { body });
    expect(await disconnected).toBe("io server disconnect");
  });
});
