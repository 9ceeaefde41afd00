/** What the command says of the cluster, and how it ends where the cluster cannot answer. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type CliStage, startCliStage } from "./stage.ts";

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
  await stage.run("queue create orders");
});
afterAll(() => stage.stop());
afterEach(() => stage.gateway.cluster.failWith(null));

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("the picture says who leads and how many may stop; into a pipe goes the API's answer", async () => {
  const { out } = await stage.run("status", { person: [], environment: { isColorless: true } });
  expect(out).toContain("dev  epoch 0  view 4  r1 leads");
  expect(out).toContain("You can lose 1 replica and keep working.");
  expect((await stage.run("status")).json()).toMatchObject({
    primary: "r1",
    quorum: { needed: 2 },
  });
});

test("watching draws again and again, and ends with 130 when it is interrupted", async () => {
  let pauses = 0;
  const onPause = () => (pauses += 1) < 3;
  const watched = await stage.run("status --watch", { person: [], onPause });
  expect(watched.code).toBe(130);
  expect(watched.out.split("\u001b[H")).toHaveLength(4);
  pauses = 0;
  const piped = await stage.run("status --watch -o ndjson", { onPause });
  expect(piped.out.trim().split("\n")).toHaveLength(3);
});

test("a watch goes on while nobody answers, and ends with 4 where the token is not taken", async () => {
  let pauses = 0;
  const onPause = () => (pauses += 1) < 2;
  const address = `http://127.0.0.1:${await closedPort()}`;
  const lonely = await stage.run(`status --watch -o ndjson --url ${address}`, { onPause });
  expect(lonely.code).toBe(130);
  expect(lonely.talk.match(/No connection could be made/g)).toHaveLength(2);
  pauses = 0;
  const refused = await stage.run("status --watch --as producer", { onPause });
  expect(refused.code).toBe(4);
});

test("a member that must not be stopped ends with 6, one that nobody knows with 3", async () => {
  expect((await stage.run("cluster quorum-critical r0")).code).toBe(0);
  const { members } = stage.gateway.cluster.health();
  stage.gateway.cluster.setHealth({
    members: members.map((member) => ({ ...member, safeToStop: member.id !== "r0" })),
  });
  const { code, json } = await stage.run("cluster quorum-critical r0");
  expect(code).toBe(6);
  expect(json()).toMatchObject({ id: "r0", safeToStop: false });
  stage.gateway.cluster.setHealth({ members });
  expect((await stage.run("cluster quorum-critical r9")).code).toBe(3);
});

test("health is 0 when all members work, 1 when one does not, 7 when nothing is accepted", async () => {
  const { members } = stage.gateway.cluster.health();
  expect((await stage.run("cluster health")).code).toBe(0);
  stage.gateway.cluster.setHealth({
    members: members.map((member, index) =>
      index === 2 ? { ...member, status: "unreachable", lastSeenMs: 42_000 } : member,
    ),
  });
  const { code, out } = await stage.run("cluster health -o table");
  expect(code).toBe(1);
  expect(out).toContain("r2 has been unreachable for 42 s.");
  stage.gateway.cluster.setHealth({ status: "no-quorum", primary: null });
  expect((await stage.run("cluster health")).code).toBe(7);
  stage.gateway.cluster.setHealth({ members, status: "normal", primary: "r1" });
});

test("a probe is told by the exit code alone", async () => {
  expect(await stage.run("check -q -o table")).toMatchObject({ code: 0, out: "ready\n", talk: "" });
  expect((await stage.run("check --live")).code).toBe(0);
  const nobody = await stage.run(`check --url http://127.0.0.1:${await closedPort()}`);
  expect(nobody.code).toBe(7);
  expect(nobody.talk).toContain("Is the gateway running?");
});

test("without a quorum a write ends with 7, with an unknown outcome with 8 and a warning", async () => {
  stage.gateway.cluster.failWith("no-quorum");
  // It is told to come again after a second: more than it has at first, and less than a person has.
  const refused = await stage.run("send orders 1 --timeout 900ms");
  expect(refused).toMatchObject({ code: 7, out: "" });
  expect(refused.talk).toContain("no-quorum");
  expect(refused.talk).toContain("quorate doctor");
  expect(refused.talk).not.toContain("trying again");
  const patient = await stage.run("send orders 1 --timeout 3s", { person: [] });
  expect(patient.code).toBe(7);
  expect(patient.talk.split("trying again"), "a person is told so once").toHaveLength(2);
  stage.gateway.cluster.failWith("outcome-unknown");
  const unknown = await stage.run("send orders 1 --timeout 900ms");
  expect(unknown.code).toBe(8);
  expect(unknown.talk).toContain("Nobody knows whether it was done");
});

test("a token that lacks the scope ends with 4 and is told which it lacks", async () => {
  const { code, talk } = await stage.run("send orders 1 --as consumer");
  expect(code).toBe(4);
  expect(talk).toContain("enqueue");
  const outside = { environment: { url: stage.gateway.url }, folder: "/nonexistent" };
  const anonymous = await stage.run("status", outside);
  expect(anonymous.code).toBe(4);
  expect(anonymous.talk).toContain("quorate login");
});

test("who am I: the principal, its scopes, and where gateway and token come from", async () => {
  const { out } = await stage.run("whoami --as producer -o table");
  expect(out).toMatch(/^scopes +enqueue:\* read:\*$/m);
  expect(out).toMatch(/^token +dev cluster \(producer\)$/m);
});
