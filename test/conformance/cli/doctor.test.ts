/** What the doctor finds between the command and a quorum. */
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Ended } from "@quorate/cli/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { selfSigned } from "./certificate.ts";
import { type CliStage, startCliStage } from "./stage.ts";

const dayMs = 86_400_000;

let stage: CliStage;
/** What the gateway knows while all is well. */
let sound: ReturnType<CliStage["gateway"]["cluster"]["health"]>;
const servers: Server[] = [];

beforeAll(async () => {
  stage = await startCliStage();
  sound = stage.gateway.cluster.health();
  writePrograms(process.pid, process.pid);
});
afterEach(() => {
  stage.gateway.cluster.failWith(null);
  stage.gateway.cluster.setHealth(sound);
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => stage.stop());

/** Says in the dev file which programs there are. */
function writePrograms(replicaPid: number, apiPid: number): void {
  const file = join(stage.folder, ".quorate", "dev", "dev.json");
  const dev: object = JSON.parse(readFileSync(file, "utf8"));
  const replicas = ["r0", "r1", "r2"].map((id) => ({ id, pid: replicaPid }));
  writeFileSync(file, JSON.stringify({ ...dev, replicas, api: { pid: apiPid } }));
}

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return port;
}

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

interface Check {
  readonly check: string;
  readonly verdict: string;
  readonly found: string;
  readonly advice: string;
}

function checksOf(ended: Ended): readonly Check[] {
  const { checks } = ended.json() as { checks: readonly Check[] };
  return checks;
}

function checkOf(ended: Ended, name: string): Check {
  const found = checksOf(ended).find(({ check }) => check === name);
  if (found === undefined) throw new Error(`no check ${name} in ${ended.out}`);
  return found;
}

/** The checks that are not fine; the test's clock is its own, so it is not the gateway's. */
function troubles(ended: Ended): readonly string[] {
  const list = checksOf(ended).filter(
    ({ verdict, check }) => verdict !== "ok" && check !== "clock",
  );
  return list.map(({ check, verdict }) => `${check} ${verdict}`);
}

test("where all is well each check says what it has seen", async () => {
  const ended = await stage.run("doctor");
  expect(troubles(ended)).toEqual([]);
  expect(checksOf(ended).map(({ check }) => check)).toEqual([
    "address",
    "dev cluster",
    "name",
    "connection",
    "encryption",
    "gateway",
    "clock",
    "version",
    "ready",
    "token",
    "access",
    "quorum",
    "lag",
    "disks",
    "may be stopped",
  ]);
  expect(checkOf(ended, "address").found).toBe(`${stage.gateway.url} (dev cluster)`);
  expect(checkOf(ended, "may be stopped").found).toBe("r0, r1, r2; one at a time");
  expect(checkOf(ended, "access").found).toContain("enqueue:*");
});

test("a clock that is far from the gateway's is told, and is no reason to fail", async () => {
  const ended = await stage.run("doctor", {
    nowMs: () => stage.gateway.cluster.nowMs() - 7 * dayMs,
  });
  expect(checkOf(ended, "clock")).toMatchObject({
    verdict: "warning",
    found: expect.stringMatching(/^the gateway's is \d+ d .* ahead of this machine's$/),
    advice: expect.stringContaining("NTP"),
  });
});

test("a person sees each check with a sign, what to do below it, and a sentence at the end", async () => {
  const address = `http://127.0.0.1:${await closedPort()}`;
  const { code, out } = await stage.run(`doctor --url ${address}`, {
    person: [],
    environment: { isColorless: true },
  });
  expect(code).toBe(7);
  expect(out).toContain(`✓ address           ${address} (--url); it goes before dev cluster`);
  expect(out).toMatch(
    /^✗ connection +port \d+: 127\.0\.0\.1 takes no connection\n +→ Nobody listens/m,
  );
  expect(out).toMatch(/^– gateway +there is no way to it$/m);
  expect(out).toMatch(/\n\n2 things broken: begin with the first\.\n$/);
});

test("what names a gateway wrongly is found before anything is asked", async () => {
  const nowhere = await stage.run("doctor", { folder: "/nonexistent" });
  expect(nowhere.code).toBe(2);
  expect(troubles(nowhere)).toEqual(["address bad"]);
  const unknown = await stage.run("doctor --context nothing");
  expect(unknown.code).toBe(3);
  const nameless = await stage.run("doctor --url http://no-such-host.invalid");
  expect(nameless.code).toBe(7);
  expect(checkOf(nameless, "name").found).toContain("no-such-host.invalid has no address here");
});

test("a file of contexts that others may read is told", async () => {
  const folder = join(stage.folder, "contexts");
  mkdirSync(folder);
  const where = { folder, environment: { contextFile: join(folder, "config.json") } };
  await stage.run("context add here", stage.gateway.url, where);
  expect(checkOf(await stage.run("doctor", where), "context file").verdict).toBe("ok");
  chmodSync(where.environment.contextFile, 0o644);
  const ended = await stage.run("doctor", where);
  expect(checkOf(ended, "context file")).toMatchObject({
    verdict: "warning",
    advice: `chmod 600 ${where.environment.contextFile}`,
  });
  expect(troubles(ended)).toContain("token bad");
  expect(ended.code).toBe(4);
});

test("a token that cannot be accepted is told apart from one that is not", async () => {
  const withToken = (token: string) => stage.run("doctor", { environment: { token } });
  const seconds = Math.floor(stage.gateway.cluster.nowMs() / 1000);
  const found = async (claims: Readonly<Record<string, unknown>>) => {
    const ended = await withToken(await stage.gateway.issuer.token("read:*", { claims }));
    return { ...checkOf(ended, "token"), code: ended.code };
  };
  expect(checkOf(await withToken("no.token"), "token").found).toContain("no token (JWT)");
  expect(await found({ exp: seconds - 60 })).toMatchObject({ verdict: "bad", code: 4 });
  expect(await found({ iat: seconds + 600 })).toMatchObject({
    verdict: "bad",
    found: expect.stringContaining("not valid before"),
  });
  expect(await found({ exp: seconds + 60 })).toMatchObject({
    verdict: "warning",
    found: expect.stringMatching(/ends in (?:1 min|5\d s)/),
  });
  const foreign = await withToken(
    await stage.gateway.issuer.token("read:*", { claims: { aud: "quorate:other" } }),
  );
  expect(troubles(foreign)).toEqual(["access bad"]);
  expect(foreign.code).toBe(4);
  expect(checkOf(foreign, "access").found).toContain("Its audience is quorate:other.");
  const blind = await stage.run("doctor --as producer");
  expect(troubles(blind)).toEqual(["quorum skipped"]);
});

test("a cluster that misses a member deserves a look, one without a quorum is broken", async () => {
  const { cluster } = stage.gateway;
  const members = sound.members.map((member, index) => {
    if (index === 2) return { ...member, status: "unreachable" as const, lastSeenMs: 42_000 };
    const slow = { lagOps: 900, lagMs: 4000, signatureRejects: 3, fsyncMsP99: 250 };
    return index === 1 ? { ...member, ...slow } : member;
  });
  cluster.setHealth({ members, quorum: { needed: 2, reachable: 2, canLose: 0 } });
  const weak = await stage.run("doctor");
  expect(weak.code).toBe(1);
  expect(troubles(weak)).toEqual([
    "quorum warning",
    "lag warning",
    "disks warning",
    "statements warning",
  ]);
  expect(checkOf(weak, "quorum").found).toContain("r2 has been unreachable for 42 s.");
  expect(checkOf(weak, "lag").found).toBe("r1 is 900 ops behind (about 4 s)");
  expect(checkOf(weak, "disks").found).toBe("one flush in 100 takes r1 250 ms or more");
  cluster.setHealth({ status: "no-quorum", primary: null });
  cluster.failWith("no-quorum");
  // A gateway trusts a read of the last 2 s.
  cluster.advance(3000);
  const lost = await stage.run("doctor");
  expect(lost.code).toBe(7);
  expect(troubles(lost)).toEqual([
    "ready bad",
    "quorum bad",
    "lag warning",
    "disks warning",
    "statements warning",
  ]);
});

test("programs of the dev cluster that have ended are named, and a file that is left of them", async () => {
  const { pid } = process;
  // Linux gives out no pid as large as this one.
  const gone = 2 ** 30;
  writePrograms(pid, gone);
  expect(checkOf(await stage.run("doctor"), "dev cluster")).toMatchObject({
    verdict: "warning",
    found: `not running: api (pid ${gone})`,
  });
  writePrograms(gone, gone);
  expect(checkOf(await stage.run("doctor"), "dev cluster")).toMatchObject({
    verdict: "bad",
    advice: "npm start",
  });
  writePrograms(pid, pid);
});

test("what answers and is no gateway is said to be so", async () => {
  const port = await portOf(createHttpServer((_request, response) => response.end("<html>")));
  const ended = await stage.run(`doctor --url http://127.0.0.1:${port}`);
  expect(checkOf(ended, "gateway")).toMatchObject({
    verdict: "bad",
    advice: expect.stringContaining("Something else seems to answer"),
  });
});

test("a certificate is refused with the reason, or accepted and watched", async () => {
  const { nowMs } = stage.gateway.cluster;
  const endsMs = Math.max(nowMs(), Date.now()) + 400 * dayMs;
  const { certificate, key } = await selfSigned(endsMs);
  const port = await portOf(
    createHttpsServer({ cert: certificate, key }, (_request, response) => response.end()),
  );
  const words = `doctor --url https://127.0.0.1:${port}`;
  const refused = await stage.run(words);
  expect(checkOf(refused, "encryption")).toMatchObject({
    verdict: "bad",
    found: expect.stringContaining("self-signed"),
  });
  const before = getCACertificates();
  setDefaultCACertificates([...before, certificate]);
  try {
    const accepted = await stage.run(words);
    expect(checkOf(accepted, "encryption").found).toMatch(
      /^TLSv1\.3, with a certificate for \d+ d/,
    );
    const late = { nowMs: () => endsMs - 3 * dayMs };
    expect(checkOf(await stage.run(words, late), "encryption").verdict).toBe("warning");
  } finally {
    setDefaultCACertificates(before);
  }
  const plain = stage.gateway.url.replace("http:", "https:");
  expect(checkOf(await stage.run(`doctor --url ${plain}`), "encryption")).toMatchObject({
    verdict: "bad",
    found: "refused: wrong version number",
  });
});
