/** Looking at messages, groups and dead letters from the command line. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliStage, startCliStage } from "./stage.ts";

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
  await stage.run("queue create orders");
});
afterAll(() => stage.stop());

const person = { person: [], environment: { isColorless: true } };

test("peeking shows what is ready, exactly, and takes nothing", async () => {
  await stage.run("queue create peek");
  await stage.run("send peek", '{"n":12345678901234567890}');
  await stage.run("send peek 2 --count 5");
  const peeked = await stage.run("peek peek --max 3 -o ndjson");
  const lines = peeked.out.trim().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('"body":{"n":12345678901234567890}');
  expect((await stage.run("peek peek -o id")).out.trim().split("\n")).toHaveLength(6);
});

test("a list of many pages is one list; what follows is said, and can be asked for", async () => {
  await stage.run("queue create pages");
  await stage.run("send pages 1 --count 250");
  const first = await stage.run("message ls pages --limit 120");
  expect(first.json()["messages"]).toHaveLength(120);
  const { cursor } = first.json();
  expect(first.talk).toContain(`--cursor ${String(cursor)}`);
  const rest = await stage.run(`message ls pages --limit 1000 --cursor ${String(cursor)}`);
  expect(rest.json()["messages"]).toHaveLength(130);
  expect(rest.talk).toBe("");
});

test("messages are listed by state, group and dedup id, each with its body", async () => {
  await stage.run("queue create listed");
  await stage.run("send listed 1 --group a --dedup-id one");
  await stage.run("send listed 2 --group b");
  await stage.run("receive listed --worker w7");
  const ids = async (words: string) => (await stage.run(`message ls listed ${words} -o id`)).out;
  const one = await ids("--dedup-id one");
  expect(one).toMatch(/^m_\w{20}\n$/);
  expect(await ids("--group a")).toBe(one);
  expect(await ids("--state leased")).toBe(one);
  const { out } = await stage.run(`message show listed ${one.trim()}`, person);
  expect(out).toMatch(/^state +leased$/m);
  expect(out).toMatch(/^leased to +w7 until \d{4}-/m);
  const groups = await stage.run("queue groups listed");
  expect(groups.json()["groups"]).toMatchObject([
    { groupId: "a", state: "locked" },
    { groupId: "b", state: "ready" },
  ]);
});

test("a dead letter tells why, and its whole error history", async () => {
  await stage.run("queue create dead maxFailures=2 backoff.baseMs=0 backoff.maxMs=0");
  await stage.run("send dead 1");
  for (const error of ["first", "second"]) {
    const lease = (await stage.run("receive dead -o id")).out.trim();
    await stage.run(`nack dead ${lease} --error-type Stock --error`, error);
    stage.gateway.cluster.advance(1000);
  }
  const { out } = await stage.run("dlq ls dead", person);
  expect(out).toMatch(/max-failures .* second +1$/m);
  const id = (await stage.run("dlq ls dead -o id")).out.trim();
  const shown = await stage.run(`dlq show dead ${id}`, person);
  expect(shown.out).toMatch(/^errors +\S+ Stock: second\n +\S+ Stock: first$/m);
});

test("a history tells what is kept in order, what is ahead, and what nobody knows", async () => {
  await stage.run("queue create story maxFailures=3 backoff.baseMs=0 backoff.maxMs=0");
  const id = (await stage.run("send story 1 --group g -o id")).out.trim();
  const fail = async (...error: readonly string[]) => {
    stage.gateway.cluster.advance(1500);
    const lease = (await stage.run("receive story -o id --worker w1")).out.trim();
    await stage.run(`nack story ${lease}`, ...error);
  };
  await fail("--error-type", "Stock", "--error", "none left");
  await fail();
  await stage.run("receive story --worker w2 --lease 1m");
  const held = await stage.run(`message history story ${id}`);
  expect(held.json()).toMatchObject({
    state: "leased",
    events: [
      { event: "enqueued", detail: "seq 1, priority 4, group g" },
      { event: "failed", detail: "Stock: none left (worker w1)" },
      { event: "leased", detail: expect.stringMatching(/^worker w2 of alice, fence \d+$/) },
    ],
    ahead: [{ event: "lease ends" }, { event: "ends" }],
    deliveries: 3,
    failures: 2,
    redrives: 0,
    untoldFailures: 1,
    hasOlderErrors: false,
  });
  const { out } = await stage.run(`message history story ${id}`, person);
  expect(out).toMatch(/^\S+Z +\+1\.5 s {2}failed: Stock: none left \(worker w1\)$/m);
  expect(out).toMatch(/^\S+Z +in 1 min {2}its lease ends, unless/m);
  expect(out).toContain("Of 1 failure no error was told");
  expect(out).toContain("when it was delivered");
  stage.gateway.cluster.advance(70_000);
  const dead = await stage.run(`message history story ${id}`);
  expect(dead.json()).toMatchObject({
    state: "dead",
    events: [{}, {}, { event: "dead", detail: "max-failures" }],
    ahead: [{ event: "ends" }],
  });
  await stage.run("dlq redrive story");
  stage.gateway.cluster.advance(1000);
  expect((await stage.run(`message history story ${id}`)).json()).toMatchObject({
    events: [{ event: "enqueued" }, { event: "failed" }],
    failures: 0,
    redrives: 1,
    untoldFailures: null,
  });
  expect((await stage.run(`message history story ${id} --as producer`, person)).out).toContain(
    "Errors are shown to tokens that may peek.",
  );
});

test("of a message that has left its queue nothing is told, and that is said", async () => {
  const id = (await stage.run("send orders 1 -o id")).out.trim();
  await stage.run(`message rm orders ${id}`);
  const { code, talk } = await stage.run(`message history orders ${id}`);
  expect(code).toBe(3);
  expect(talk).toContain("nothing is kept");
});

test("who consumes: how many have asked, and who holds how many leases since when", async () => {
  await stage.run("queue create asked");
  expect((await stage.run("queue consumers asked", person)).out).toBe(
    "Nobody has asked this gateway for messages of asked in the last 60 s.\nNobody holds a lease.\n",
  );
  await stage.run("send asked 1 --count 4");
  await stage.run("receive asked --max 1 --worker w1 --lease 1m");
  stage.gateway.cluster.advance(5000);
  await stage.run("receive asked --max 2 --worker w2 --lease 1m");
  await stage.run("receive asked --max 1 --as consumer");
  const { json, code } = await stage.run("queue consumers asked");
  expect(code).toBe(0);
  expect(json()).toMatchObject({
    name: "asked",
    consumers: 1,
    holders: [
      { principal: { subject: "alice" }, worker: "w2", leased: 2 },
      { worker: "w1", leased: 1 },
      { worker: null, leased: 1 },
    ],
  });
  const { out } = await stage.run("queue consumers asked", person);
  expect(out).toMatch(/^1 principal asked this gateway/);
  expect(out).toMatch(/^alice +w1 +1 +5s +55s$/m);
  expect((await stage.run("queue consumers asked --limit 2", person)).talk).toContain(
    "2 leases were looked at",
  );
  expect((await stage.run("queue consumers missing")).code).toBe(3);
});

test("a dead letter is taken, and removed by an acknowledgement", async () => {
  await stage.run("queue create taken");
  await stage.run("send taken 1");
  await stage.run(`reject taken ${(await stage.run("receive taken -o id")).out.trim()}`);
  expect((await stage.run("receive taken")).json()).toMatchObject({ messages: [] });
  const dead = await stage.run("receive taken --dead --ack");
  expect(dead.json()).toMatchObject({ messages: [{ body: 1 }] });
  expect((await stage.run("dlq ls taken -o id")).out).toBe("");
});

test("dead letters are counted by their reason, and discarded by the queue's name", async () => {
  await stage.run("queue create failing maxFailures=1 backoff.baseMs=0 backoff.maxMs=0");
  await stage.run("send failing 1 --count 3");
  const leases = (await stage.run("receive failing --max 3 -o id")).out.trim().split("\n");
  await stage.run(`nack failing ${leases.slice(0, 2).join(" ")} --error-type Timeout --error late`);
  await stage.run(`reject failing ${leases[2]}`);
  expect((await stage.run("dlq reasons failing")).json()).toMatchObject({
    reasons: [
      { reason: "max-failures", errorType: "Timeout", count: 2 },
      { reason: "rejected", count: 1 },
    ],
  });
  const asked = await stage.run("dlq discard failing", { person: ["failing"] });
  expect(asked.talk).toContain("this takes away 3 dead letters of failing");
  expect((await stage.run("dlq ls failing -o id")).out).toBe("");
  expect((await stage.run("dlq discard failing")).code).toBe(6);
});

test("dead letters are counted, brought back by a task, and the task can be looked at", async () => {
  await stage.run("queue create back");
  await stage.run("send back 1 --count 3");
  const leases = (await stage.run("receive back --max 3 -o id")).out.trim().replaceAll("\n", " ");
  await stage.run(`reject back ${leases}`);
  const dry = await stage.run("dlq redrive back --reason rejected --dry-run", person);
  expect(dry.out).toBe("3 dead letters would be brought back\n");
  expect((await stage.run("dlq redrive back --reason expired --dry-run")).json()).toMatchObject({
    matched: 0,
  });
  const begun = await stage.run("dlq redrive back --rate 1 -o id");
  const taskId = begun.out.trim();
  expect(begun.talk).toContain(`quorate dlq tasks ${taskId}`);
  const onPause = () => {
    stage.gateway.cluster.advance(1000);
    return true;
  };
  const ended = await stage.run(`dlq tasks ${taskId} --wait`, { onPause });
  expect(ended.json()).toMatchObject({ tasks: [{ state: "done", matched: 3, moved: 3 }] });
  expect((await stage.run("dlq ls back -o id")).out).toBe("");
  expect((await stage.run("dlq tasks t_00000000000000000000")).code).toBe(3);
});

test("a redrive that is cancelled leaves the rest dead", async () => {
  await stage.run("queue create slow");
  await stage.run("send slow 1 --count 100");
  const leases = (await stage.run("receive slow --max 100 -o id")).out.trim().replaceAll("\n", " ");
  await stage.run(`reject slow ${leases}`);
  const taskId = (await stage.run("dlq redrive slow --rate 1 -o id")).out.trim();
  const cancelled = await stage.run(`dlq cancel ${taskId}`);
  expect(cancelled.json()).toMatchObject({ state: "cancelled", matched: 100 });
  expect(
    (await stage.run("dlq ls slow --limit 200 -o id")).out.trim().split("\n").length,
  ).toBeGreaterThan(90);
});

test("what is no dead letter, or not there, ends with 3", async () => {
  const id = (await stage.run("send orders 1 -o id")).out.trim();
  const living = await stage.run(`dlq show orders ${id}`);
  expect(living.code).toBe(3);
  expect(living.talk).toContain("it is ready");
  expect((await stage.run("message show orders m_00000000000000000000")).code).toBe(3);
  expect((await stage.run("message ls missing")).code).toBe(3);
});

test("a person sees all of a body: JSON line by line and exact, text as text, of other bytes how many", async () => {
  await stage.run("queue create bodies");
  const shown = async (...send: Parameters<CliStage["run"]>) => {
    const [words, ...more] = send;
    const id = (await stage.run(`${words} -o id`, ...more)).out.trim();
    return (await stage.run(`message show bodies ${id}`, person)).out;
  };
  const json = await shown(
    "send bodies --header b=2 --header a=1",
    '{"n":12345678901234567890,"l":[]}',
  );
  expect(json).toMatch(/^headers +b: 2\n {12}a: 1$/m);
  expect(json).toContain('body        {\n              "n": 12345678901234567890,\n');
  const input = "two\nlines \u001b[2J";
  const text = await shown("send bodies - --content-type text/plain", { input });
  expect(text).toContain("body        two\n            lines \\u001b[2J\n");
  const bytes = await shown("send bodies - --content-type image/png", { input: "12345" });
  expect(bytes).toMatch(/^body +5 B of image\/png$/m);
});

test("without the scope peek a body is not shown, and the table says why", async () => {
  await stage.run("send orders", '"secret"');
  const { out } = await stage.run("message ls orders --as producer", person);
  expect(out).toContain("(needs peek)");
  expect(out).not.toContain("secret");
  const id = (await stage.run("peek orders --max 1 -o id")).out.trim();
  const shown = await stage.run(`message show orders ${id} --as producer`, person);
  for (const part of ["errors", "headers", "body"]) {
    expect(shown.out).toMatch(new RegExp(`^${part} +\\(needs peek\\)$`, "m"));
  }
});
